"""Signs people in and brings their organization, park and role along in the same query."""

from django.contrib.auth.backends import ModelBackend

from accounts.models import User


class OrganizationBackend(ModelBackend):
    """ModelBackend whose ``get_user`` needs one query for user, organization, park and role."""

    def get_user(self, user_id):
        user = User.objects.select_related("organization__park", "role").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
