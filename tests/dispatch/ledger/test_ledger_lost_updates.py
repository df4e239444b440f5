"""Sixteen people save the same text over HTTP, fifty times each: nothing is lost, and who is refused is told why.

Every save appends a mark of its own to the text its writer saw, so an accepted save that nobody built on is visible as
a missing mark. The twin without the version guard loses marks.
"""

import html
import re
import threading
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
from django.db.models import QuerySet
from django.test import Client

from dispatch.ledger.models import LedgerItem
from tests import factories
from tests.dispatch.ledger_cases import cast, item

EDITORS, SAVES = 16, 50
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


class NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


class Editor(threading.Thread):
    """Looks at the item, writes its mark behind what it saw, sends it, and remembers the answer."""

    def __init__(self, number, user, address, saves):
        super().__init__()
        client = Client()
        client.force_login(user)
        client.get("/accounts/sign-in/")
        self.cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={'c' * 32}"
        self.number, self.user, self.address, self.saves = number, user, address, saves
        self.accepted, self.refused, self.faults = [], 0, []

    def run(self):
        try:
            values = fields(self.ask()[1])
            for n in range(self.saves):
                values = self.save(values, f"{self.number:x}.{n};")
        except Exception as error:  # a thread must not die in silence
            self.faults.append(repr(error))

    def save(self, seen, mark):
        """Sends what was seen with the mark; what is seen next: the saved text, or theirs as the refusal shows it."""
        sent = seen | {"description": seen["description"] + mark}
        status, answer = self.ask(sent | {"csrfmiddlewaretoken": "c" * 32})
        if status == 302:
            self.accepted.append(mark)
            return sent | {"version": str(int(sent["version"]) + 1)}
        self.refused += 1
        if status != 409:
            self.faults.append(f"status {status}")
        again = fields(answer)
        if mark not in again["description"]:
            self.faults.append("the typed text is gone")
        theirs = their_text(answer)
        if not theirs or "测试人员" not in overtaken(answer):
            self.faults.append("the other's change is not named")
        return again | {"description": theirs}

    def ask(self, data=None):
        body = urlencode(data, doseq=True).encode() if data else None
        request = Request(self.address, body, {"Cookie": self.cookie, "Referer": self.address})
        try:
            with build_opener(NoRedirect).open(request, timeout=120) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as answer:
            return answer.code, answer.read().decode()


def fields(page):
    """What a browser would send of the form."""
    form = page.split('<form method="post"')[-1].split("</form>")[0]
    found = {}
    for name, text in re.findall(r'<textarea name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.S):
        found[name] = html.unescape(text)
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag and 'type="radio"' not in tag:
            found[name[1]] = html.unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def overtaken(page):
    """The part of the page about what the others have changed."""
    parts = page.split('class="panel overtaken"')
    return parts[1].split("</section>")[0] if len(parts) > 1 else ""


def their_text(page):
    """The description as somebody else has saved it: the third cell of its row."""
    cells = re.findall(r"<td[^>]*><div>(.*?)</div></td>", overtaken(page), re.S)
    return html.unescape(cells[1]).strip() if cells else ""


@pytest.fixture
def several(live_server):
    people = cast()
    row = item(people, description="")
    return people, row, f"{live_server.url}/ledger/{row.pk}/edit/"


def work(people, address, editors, saves):
    team = [Editor(n, factories.user(people.park), address, saves) for n in range(editors)]
    for editor in team:
        editor.start()
    for editor in team:
        editor.join(timeout=600)
    return team


def lost(team, row):
    text = LedgerItem.objects.get(pk=row.pk).description
    return [mark for editor in team for mark in editor.accepted if mark not in text]


def test_sixteen_editors_lose_nothing(several):
    people, row, address = several
    team = work(people, address, EDITORS, SAVES)
    accepted, refused = sum(len(editor.accepted) for editor in team), sum(editor.refused for editor in team)
    print(f"{accepted} accepted, {refused} refused")
    assert [editor.faults for editor in team] == [[]] * EDITORS
    assert accepted + refused == EDITORS * SAVES
    assert refused > 0
    assert lost(team, row) == []
    row.refresh_from_db()
    assert row.version == row.history.count() == 1 + accepted


def test_without_the_guard_saves_are_lost(several, monkeypatch):
    """The twin: whatever version was seen, the present one is written over."""
    people, row, address = several
    real = QuerySet.filter

    def filter_without_version(self, *args, **conditions):
        if self.model is LedgerItem and "version" in conditions:
            conditions = {"pk": conditions["pk"]}
        return real(self, *args, **conditions)

    monkeypatch.setattr(QuerySet, "filter", filter_without_version)
    monkeypatch.setattr("dispatch.ledger.actions.edits.check", lambda *_args: LedgerItem.State.REGISTERED)
    monkeypatch.setattr("dispatch.ledger.actions.shared.check", lambda *_args: LedgerItem.State.REGISTERED)
    team = work(people, address, 8, 6)
    assert sum(len(editor.accepted) for editor in team) > 0
    assert lost(team, row) != []
