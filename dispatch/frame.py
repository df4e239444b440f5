"""What the frame of every page needs from dispatch: unread notices and, for leaders, the way to an instruction."""

from urllib.parse import urlencode

from django.utils.functional import SimpleLazyObject

from dispatch.desk.frame import address
from dispatch.notices.queries import unread_count
from dispatch.supervision.actions import may_issue


def frame(request):
    """inbox_url, inbox (how many notices are unread; asked only when shown), instruct_url; "" where not for them."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.role_id is None or user.role.scope == "enterprise":
        return {"inbox_url": "", "inbox": 0, "instruct_url": ""}
    unread = SimpleLazyObject(lambda: unread_count(user))
    return {"inbox_url": address("dispatch:inbox"), "inbox": unread, "instruct_url": _instruct(request)}


def _instruct(request) -> str:
    if not may_issue(request.user) or request.method != "GET":
        return ""
    here = address("dispatch:instruction_new")
    return here and f"{here}?{urlencode({'from': request.get_full_path()})}"
