"""What the pages of bulletins share: the one door to rows, who may do what, and what they show."""

from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.errors import Conflict
from accounts.permissions import Verb, may
from dispatch.figures.rates import RateKey
from dispatch.reports.labels import RATE_DEFINITIONS, RATE_NAMES, definition_text
from dispatch.reports.models import Bulletin

ANNEXES = range(1, 7)
CHANGES = "changes"
# definitions whose short words stand under the figure; a variant is told in full
SHORT = {*(key.value for key in RateKey), "quarter_plan"}
WORKING = (Verb.MAKE_BULLETIN, Verb.CHECK_BULLETIN, Verb.ISSUE_BULLETIN)


def bulletins(user):
    """What the user may read. Enterprises have no bulletins: 404; without the verb: 403."""
    if user.role is None or user.role.scope == "enterprise":
        raise Http404
    if not may(user, Verb.VIEW_BULLETIN):
        raise PermissionDenied
    return Bulletin.objects.visible_to(user).select_related("park", "created_by", "checked_by", "issued_by")


def bulletin_of(request, pk, *verbs: Verb) -> Bulletin:
    """The bulletin, or 404; 403 for people without one of the verbs, if any is named."""
    bulletin = get_object_or_404(bulletins(request.user), pk=pk)
    if verbs and not any(may(request.user, verb) for verb in verbs):
        raise PermissionDenied
    return bulletin


def page_of(bulletin: Bulletin) -> str:
    return reverse("dispatch:bulletin_detail", args=[bulletin.pk])


def works_on(user) -> bool:
    """Whether drafts and what was changed by hand are this person's business."""
    return any(may(user, verb) for verb in WORKING)


def seen_version(request) -> int:
    """The version the person saw; without one nobody can say what was meant."""
    text = request.POST.get("version") or request.GET.get("version") or ""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Conflict(_("Please reload the page and try again."))
    return int(text)


def rates(snapshot) -> list[dict]:
    stored = [(key, snapshot["rates"][key.value]) for key in RateKey]
    return [
        {
            "label": RATE_NAMES[key],
            "numerator": Decimal(rate["numerator"]),
            "denominator": Decimal(rate["denominator"]),
            "definition": RATE_DEFINITIONS[key] if rate["definition"] in SHORT else definition_text(rate["definition"]),
        }
        for key, rate in stored
    ]


def tabs(bulletin: Bulletin, snapshot, chosen: int | str | None) -> list[dict]:
    """The notice, six annexes, and the changes of a restatement."""
    here = page_of(bulletin)
    counts = {n: len(snapshot[f"annex{n}"]) for n in ANNEXES if n > 1}
    counts[1] = sum(len(group["rows"]) for group in snapshot["annex1"]["groups"])
    found = [{"label": _("Notice"), "href": here, "active": chosen is None, "count": None}]
    found += [
        {"label": _("Annex %(n)d") % {"n": n}, "href": f"{here}?annex={n}", "active": n == chosen, "count": counts[n]}
        for n in ANNEXES
    ]
    if changes := (snapshot.get("final") or {}).get("changes"):
        count = sum(len(rows) for rows in changes.values())
        found.append(
            {"label": pgettext("bulletin", "Changes"), "href": f"{here}?annex={CHANGES}", "active": chosen == CHANGES,
             "count": count}
        )  # fmt: skip
    return found


def chosen_annex(text: str) -> int | str | None:
    if text == CHANGES:
        return CHANGES
    return next((number for number in ANNEXES if text == str(number)), None)


def other_revisions(bulletin: Bulletin, user) -> dict:
    """{"earlier", "later"}: the revisions of the same month before and after this one that the person may read."""
    rows = bulletins(user).filter(park=bulletin.park_id, year=bulletin.year, month=bulletin.month).defer("snapshot")
    others = list(rows.exclude(pk=bulletin.pk).order_by("revision"))
    return {
        "earlier": next((row for row in reversed(others) if row.revision < bulletin.revision), None),
        "later": next((row for row in others if row.revision > bulletin.revision), None),
    }
