"""What the sandbox answers: to an inquiry in one of its forms, and to whoever looks around."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from threading import Lock

from payers.sandbox.benefits import ADMINISTRATOR
from payers.sandbox.forms import FORMS, Answer, NotUnderstood, in_json
from payers.sandbox.member import Member, Trouble
from payers.sandbox.refused import NOT_FOUND, UNABLE
from payers.sandbox.reply import write_271
from payers.sandbox.roster import BY_KEY, BY_MEMBER_ID, ROSTER
from payers.x12.inquiry import Inquiry270
from payers.x12.model import Party
from schemas.model import Person

GARBAGE = bytes(range(256)) * 8
WEB_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>"
ABOUT = {
    "what": "An invented payer to try OpenVOB with. Nobody here is real, and nothing leaves this machine.",
    "inquiries": list(FORMS),
    "roster": "/roster",
    "reply": "/271/{key}?date=2026-07-01&trace=ABC",
}


class Turns:
    """Counts how often the same was asked, so that what fails once fails every other time."""

    def __init__(self) -> None:
        self._counts: Counter[object] = Counter()
        self._lock = Lock()

    def is_odd(self, asked: object) -> bool:
        """Count one more time, and say whether it is the first, third, fifth …"""
        with self._lock:
            self._counts[asked] += 1
            return self._counts[asked] % 2 == 1


def answer_inquiry(path: str, headers: Mapping[str, str], body: bytes, turns: Turns, at: datetime) -> Answer:
    """Return what a posted inquiry is answered; `at` is an aware time."""
    form = FORMS.get(path)
    if form is None:
        return in_json(404, {"message": "No inquiries are taken here."})
    try:
        question = form.read(headers, body)
    except NotUnderstood:
        return in_json(400, {"message": "This is no inquiry in this form."})
    if not question.is_known:
        return form.refuse(question, at)
    inquiry = question.inquiry
    member = find_member(inquiry)
    trouble = member.trouble
    if trouble.passes and not turns.is_odd((path, member.key, inquiry.service_types)):
        trouble = Trouble.NONE
    if trouble is Trouble.UNABLE_ONCE:
        member = replace(member, refusal=UNABLE)

    def answer(text: str) -> Answer:
        return form.answer(question, text, at)

    text = write_271(member, inquiry, at, form.trace_type)
    if trouble is Trouble.CUT_OFF:
        return form.cut(answer, text)
    if trouble is Trouble.ENVELOPE:
        return form.fail(question, at)
    return _spoil(answer(text), trouble)


def find_member(inquiry: Inquiry270) -> Member:
    """Return the member an inquiry is about, by its id alone; somebody unknown is nobody's subscriber."""
    member = BY_MEMBER_ID.get(inquiry.subscriber.id.strip().upper())
    if member is None:
        person = _person(inquiry.subscriber)
        if inquiry.dependent is not None:
            person = replace(_person(inquiry.dependent), subscriber=person)
        return Member("unknown", "", "", person, "", refusal=NOT_FOUND)
    if inquiry.payer_id != ADMINISTRATOR:
        return member
    refusal = None if member.administrator_lines else NOT_FOUND
    return replace(member, lines=member.administrator_lines, refusal=refusal, trouble=Trouble.NONE)


def answer_visitor(path: str, query: Mapping[str, str], at: datetime) -> Answer:
    """Return what a GET is answered: what this is, the roster, or the plain 271 of a member."""
    if path == "/":
        return in_json(200, ABOUT)
    if path == "/roster":
        return in_json(200, [_card(member) for member in ROSTER])
    member = BY_KEY.get(path.removeprefix("/271/"))
    if member is None or not member.trouble.leaves_a_reply:
        return in_json(404, {"message": "There is no such reply."})
    try:
        on = date.fromisoformat(query["date"]) if "date" in query else at.date()
    except ValueError:
        return in_json(400, {"message": "The date is to be like 2026-07-01."})
    text = write_271(member, _plain_inquiry(on, query.get("trace", "SANDBOX")), at)
    if member.trouble is Trouble.CUT_OFF:
        text = text[: len(text) // 2]
    return Answer(200, {"Content-Type": "application/edi-x12"}, text.encode())


def _spoil(answer: Answer, trouble: Trouble) -> Answer:
    """Return what is left of an answer; troubles of the connection are still to come."""
    if trouble is Trouble.GARBAGE:
        return answer._replace(body=GARBAGE)
    if trouble is Trouble.WEB_PAGE:
        return Answer(200, {"Content-Type": "text/html"}, WEB_PAGE)
    if trouble is Trouble.FAULT:
        return Answer(500, {"Content-Type": "text/plain"}, b"The system is at fault.")
    if trouble is Trouble.THROTTLED_ONCE:
        return Answer(429, {"Content-Type": "text/plain", "Retry-After": "1"}, b"Too many inquiries.")
    return answer._replace(trouble=trouble)


def _card(member: Member) -> dict[str, object]:
    """Return what has to be known of a member to ask about it."""
    person, subscriber = member.person, member.person.subscriber
    card: dict[str, object] = {
        "key": member.key,
        "shows": member.shows,
        "payer": member.payer,
        "level_of_care": member.level_of_care,
        "member_id": person.member_id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "birth_date": str(person.birth_date),
    }
    if subscriber is not None:
        card["relationship"] = person.relationship
        card["subscriber"] = {
            "first_name": subscriber.first_name,
            "last_name": subscriber.last_name,
            "birth_date": str(subscriber.birth_date),
        }
    return card


def _person(party: Party) -> Person:
    return Person(party.id, party.first_name, party.name, party.birth_date)


def _plain_inquiry(on: date, trace: str) -> Inquiry270:
    """Return the inquiry that a plain 271 answers."""
    return Inquiry270(
        payer_name="",
        payer_id="SANDBOX",
        provider_name="EXAMPLE CLINIC",
        npi="1234567893",
        subscriber=Party(),
        dependent=None,
        relationship=None,
        sex="",
        service_types=(),
        date_of_service=on,
        trace=trace,
        control_number=1,
        sender="INQUIRER",
        receiver="SANDBOX",
        sender_qualifier="ZZ",
        receiver_qualifier="ZZ",
        test=True,
        at=None,
    )
