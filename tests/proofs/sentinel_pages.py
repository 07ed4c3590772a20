"""The pages of the console as doors: staff work with marked people, and nobody else sees one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from tests.pictures import jpeg
from tests.proofs.marks import Marked
from tests.proofs.serving import Installation, run_command
from tests.proofs.visitor import Visitor

PASSWORD = "cuatro palabras muy faciles"
STAFF = {"clerk": "admissions", "reviser": "auditor", "keeper": "administrator"}
ROOM = "/console"
NO_KEY: Mapping[str, str | None] = {"Authorization": None}
"""A header that is not sent: a session alone says who it is."""
NOWHERE = "019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
LEVEL = "/told_benefits/levels/intensive_outpatient"


def take_in_staff(place: Installation) -> None:
    """Take in somebody of each role that the pages differ for."""
    for name, role in STAFF.items():
        words = ("users", "add", "--name", name, "--role", role)
        done = run_command(place, words, f"{PASSWORD}\n".encode(), place.environment())
        assert done.returncode == 0, done.stderr


@dataclass
class Browser:
    """Somebody signed in: a visitor who sends no key, and whose session remembers the cookie."""

    visitor: Visitor
    token: str = ""

    def get(self, door: str, path: str, *, is_silent: bool = False) -> str:
        """Look at a page."""
        return self.visitor.call(door, "GET", path, headers=NO_KEY, is_silent=is_silent).text

    def send(self, door: str, path: str, typed: Mapping[str, str], files: Any = None) -> str:
        """Send a form; return where it leads."""
        data = {**typed, "csrf_token": self.token}
        answer = self.visitor.call(door, "POST", path, data=data, files=files, headers=NO_KEY, shows=True)
        return answer.headers.get("Location", "")


def sign_in(visitor: Visitor, name: str) -> Browser:
    """Sign somebody in through the page."""
    browser = Browser(visitor)
    browser.send("console: sign in", f"{ROOM}/sign-in", {"name": name, "password": PASSWORD})
    page = browser.get("console: second factor", f"{ROOM}/second-factor")
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, "nobody is signed in"
    browser.token = found[1]
    return browser


def work_at_the_desk(browser: Browser, number: int, today: date) -> None:
    """Verify a marked person, read the answer, enter a call, compare, and ask again."""
    marked = Marked(number)
    typed = {
        "payer": "florida-blue",
        **{name: str(value) for name, value in marked.member().items() if isinstance(value, str)},
        "level_of_care": "intensive_outpatient",
        "start_date": today.isoformat(),
    }
    asked = f"{ROOM}/verify/payer?payer={quote(marked.phrase)}"
    browser.get("console: about an insurance", asked, is_silent=True)
    for content in (jpeg(comment=marked.phrase.encode()), marked.phrase.encode()):
        file = (f"{marked.word}.jpg", content)
        browser.send("console: picture", f"{ROOM}/cards/front", {}, {"card_front_file": file})
    made = browser.send("console: verify", f"{ROOM}/verify", typed)
    browser.get("console: answer", made)
    said = {f"{LEVEL}/covered": "yes", "representative": marked.phrase, "reference": marked.word}
    told = browser.send("console: call", f"{made}/told", said)
    _work_on_the_case(browser, marked, browser.get("console: answer", told))
    browser.get("console: compare", f"{told}/compare")
    for kind in ("benefits", "letter", "good_faith_estimate", "benefits.pdf"):
        browser.get("console: document", f"{told}/documents/{kind}")
    browser.send("console: verify again", f"{told}/again", {})
    browser.send("console: a call with faults", f"{made}/told", {f"{LEVEL}/copay/amount": marked.phrase})
    faulty = typed | {"payer": marked.phrase, "weeks": marked.word}
    browser.send("console: a form with faults", f"{ROOM}/verify", faulty)
    browser.get("console: work list", f"{ROOM}/")
    browser.get("console: what the rules change", f"{ROOM}/rulebook-impact?digest=built-in")
    _put_up_a_list(browser, marked, today)
    browser.get("console: no such verification", f"{ROOM}/verifications/{quote(marked.word)}")


def _work_on_the_case(browser: Browser, marked: Marked, page: str) -> None:
    """Enter what a case holds, with faults first, and look at every page of it."""
    found = re.search(r'href="(/console/cases/[0-9a-f-]{36})"', page)
    case = found[1] if found else f"{ROOM}/cases/{NOWHERE}"
    forms = {
        "authorizations": {
            "level_of_care": "intensive_outpatient",
            "payer": "florida-blue",
            "number": marked.word,
        },
        "quotes": {"language": "es"},
        "contacts": {"relation": "guardian", "language": "en", "name": marked.phrase, "phone": marked.word},
    }
    for plural, typed in forms.items():
        browser.send(f"console: {plural} with faults", f"{case}/{plural}", {**typed, "language": marked.word})
        made = browser.send(f"console: {plural}", f"{case}/{plural}", typed)
        browser.get(f"console: one of {plural}", made)
        browser.send(f"console: {plural} changed", made, {**typed, "reviewer": marked.phrase})
        browser.get(f"console: {plural} listed", f"{case}/{plural}")
    browser.send("console: settled", f"{case}/confirmations", {"item": "referral", "note": marked.phrase})
    browser.send("console: case changed", case, {"status": "verifying", "owner": "clerk"})
    for name in ("", "/hand-off", "/hand-off?format=csv"):
        browser.get("console: case", case + name)
    browser.get("console: deadlines", f"{ROOM}/clocks")


def _put_up_a_list(browser: Browser, marked: Marked, today: date) -> None:
    person = marked.person
    said = [person.member_id, person.first_name, person.last_name, marked.birth_date, "iop"]
    head = "insurance,member id,first name,last name,date of birth,level"
    rows = [",".join(map(str, [payer, *said])) for payer in ("cigna", marked.word)]
    typed = {"day": today.isoformat(), "rows": "\n".join([head, *rows])}
    at = browser.send("console: morning list", f"{ROOM}/morning", typed)
    browser.get("console: morning list, shown", at)
    browser.get("console: morning list, its progress", f"{at}/progress")
    browser.send("console: a row mended", f"{at}/rows/2", {"payer": marked.phrase})
    browser.send("console: a list with faults", f"{ROOM}/morning", {"rows": marked.phrase})
    browser.get("console: morning", f"{ROOM}/morning")


def look_on(reviser: Browser, keeper: Browser, number: int) -> None:
    """Look at the pages of those who see no member."""
    reviser.get("console: audit trail", f"{ROOM}/audit", is_silent=True)
    reviser.get("console: audit trail, narrowed", f"{ROOM}/audit?actor={quote(Marked(number).word)}")
    keeper.get("console: staff", f"{ROOM}/staff", is_silent=True)
    keeper.get("console: keys", f"{ROOM}/keys", is_silent=True)
    keeper.get("console: not for this role", f"{ROOM}/?name={quote(Marked(number).word)}")
