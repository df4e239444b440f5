"""The API is complete: every page that writes has an operation or a reason, every scoped model is found somewhere."""

import pytest
from django.apps import apps
from django.urls import get_resolver

from accounts.scoping import ScopedQuerySet
from tests.access.matrix import EXPECTED
from tests.access.world import ROLES
from tests.api import coverage

TABLE = coverage.operations()
REFUSED = {403, 404}
# May do it by other ways than the page's: the person is told so by the action, not by the role.
OTHERWISE = {
    "projects:quick", "projects:edit", "dispatch:case_answer", "dispatch:instruction_answer",
    "dispatch:instruction_report",
    "approvals:exchange_upload",  # of a platform here, likewise
    "dispatch:visit_places",  # of a grid here, and nobody sees those of another park
    "approvals:step_undo",  # the page shows leaders its form, its action refuses them
}  # fmt: skip


def writing_pages() -> list[str]:
    return sorted(name for name, method in EXPECTED if method == "POST" and not name.startswith("api:"))


def api_views() -> dict[str, dict[str, type]]:
    """Route → {method: class of the view}."""
    found: dict[str, dict[str, type]] = {}
    _prefix, resolver = get_resolver().namespace_dict["api"]
    for pattern in _patterns(resolver.url_patterns):
        view = pattern.callback
        methods = getattr(view, "actions", None) or dict.fromkeys(
            method
            for method in ("get", "post", "patch", "put", "delete")
            if hasattr(getattr(view, "cls", view), method)
        )
        found.setdefault(f"api:{pattern.name}", {}).update(dict.fromkeys(methods, getattr(view, "cls", view)))
    return found


def _patterns(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _patterns(pattern.url_patterns)
        else:
            yield pattern


def test_every_page_that_writes_has_an_operation_or_a_reason():
    forgotten = [page for page in writing_pages() if page not in TABLE and not coverage.reason(page)]
    assert forgotten == []
    assert [page for page in TABLE if coverage.reason(page)] == []


def test_the_table_names_pages_and_operations_that_are_there():
    pages, views = set(writing_pages()), api_views()
    assert sorted(set(TABLE) - pages) == []
    assert sorted(set(coverage.NONE) - pages) == []
    assert [(page, *to) for page, to in TABLE.items() if to[1].lower() not in views.get(to[0], {})] == []


@pytest.mark.parametrize("form", sorted(TABLE))
def test_an_operation_is_for_the_people_of_its_page(form):
    """Whom the page lets try is let try by the operation too."""
    mine, theirs = EXPECTED[form, "POST"], EXPECTED[TABLE[form]]
    other = [
        (role, mine[role], theirs[role])
        for role in ROLES
        if role != "anonymous" and mine[role] not in REFUSED and theirs[role] in REFUSED
    ]
    if form not in OTHERWISE:
        assert other == []


def test_every_scoped_model_is_found_somewhere():
    shown = {getattr(view, "model", None) for views in api_views().values() for view in views.values()}
    scoped = {model for model in apps.get_models() if isinstance(model._default_manager.none(), ScopedQuerySet)}
    missing = sorted(model._meta.label for model in scoped - shown)
    assert sorted(set(missing) - set(coverage.WITHIN)) == []
    assert sorted(set(coverage.WITHIN) - {model._meta.label for model in scoped}) == []
