from django.urls import path

from accounts import token_views, views

app_name = "accounts"

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("password/", views.PasswordChange.as_view(), name="password_change"),
    path("profile/", views.profile, name="profile"),
    path("tokens/", token_views.token_list, name="token_list"),
    path("tokens/all/", token_views.token_all, name="token_all"),
    path("tokens/<int:pk>/withdraw/", token_views.token_withdraw, name="token_withdraw"),
]
