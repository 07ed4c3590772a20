"""An adapter outside of the project, in full: a channel of its own over plain JSON that it invents.

It knows neither what is left of a deductible nor whether authorization is needed. So it declares neither,
and says nothing of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from payers.base import Ask, Capabilities, Heard, Reply
from payers.errors import PayerRefused, UnknownPayer, UnreadableReply
from payers.http import HttpAdapter, Letter
from payers.sandbox.as_json import Entry, read_sheet
from payers.x12.model import Detail, Entity, Line, Party, Reading, Rejection, Span, Transaction
from payers.x12.witness import make_reply

# Its words, and the codes of the 271 that they amount to.
KINDS = {
    "active": "1",
    "inactive": "6",
    "share": "A",
    "copay": "B",
    "deductible": "C",
    "most": "G",
    "excluded": "I",
    "other_payer": "R",
}
NETWORKS = {"in": "Y", "out": "N", "both": "W", "": ""}
REFUSALS = {"no_such_member": ("2100C", "75"), "no_such_clinic": ("2100B", "51"), "later": ("2100A", "42")}


class ElsewhereAdapter(HttpAdapter):
    """Asks for a member's page, and makes of it what a 271 would have said."""

    channel: ClassVar[str] = "elsewhere"
    capabilities: ClassVar[Capabilities] = Capabilities(
        witness="reported",
        tells=frozenset({"eligibility", "coverage", "cost_share"}),
        needs=frozenset({"member_id", "birth_date"}),
    )

    def build(self, ask: Ask) -> tuple[Letter, ...]:
        """Return one letter; raises `PayerRefused` without a key, `UnknownPayer`."""
        if not self.credentials.key:
            raise PayerRefused("credentials")
        if ask.payer.id not in self.connection.payers:
            raise UnknownPayer(ask.payer.id)
        if ask.asked_at is None:
            raise ValueError("An inquiry that goes out needs the time at which it is asked.")
        member = ask.inquiry.member
        question = {
            "plan": self.connection.payers[ask.payer.id],
            "member": member.member_id,
            "born": str(member.birth_date),
            "day": str(min(ask.dates)),
        }
        body = json.dumps(question).encode()
        headers = {"Content-Type": "application/json", "Key": self.credentials.key, "Trace": ask.trace}
        return (Letter(headers, body, ask.trace, ask.asked_at, subject=body, fresh=ask.fresh),)

    def says_later(self, text: str) -> bool:
        """Say whether the page is not to be had now."""
        return read_page(text).get("refused") == "later"

    def keeps(self, text: str) -> bool:
        """Say whether there is a page at all."""
        return "refused" not in read_page(text)

    def read(self, raw: tuple[Heard, ...], ask: Ask) -> Reply:
        """Return what the page says."""
        readings = [Reading((read_transaction(read_page(heard.text)),)) for heard in raw]
        return make_reply(readings, ask, raw, echoes_trace=False)


def read_page(text: str) -> dict[str, Any]:
    """Return a page; raises `UnreadableReply` where it is none."""
    try:
        page = json.loads(text)
    except ValueError:
        page = None  # what json raises holds the text, so it goes no further
    if not isinstance(page, dict) or not ("refused" in page or "rows" in page):
        raise UnreadableReply("not_json" if page is None else "not_an_answer")
    return page


def read_transaction(page: Mapping[str, Any]) -> Transaction:
    """Return a page in the words of a 271; raises `UnreadableReply`."""
    try:
        if "refused" in page:
            loop, code = REFUSALS[page["refused"]]
            return Transaction(rejections=(Rejection(loop, code, "", "/refused"),))
        since, until = (date.fromisoformat(day) if day else None for day in page["days"])
        return Transaction(
            subscriber=Party(page["family"], page["given"], birth_date=date.fromisoformat(page["born"])),
            lines=tuple(_line(row, f"/rows/{place}") for place, row in enumerate(page["rows"])),
            spans=(Span("291", since, until, "/days"),),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        pass
    raise UnreadableReply("not_an_answer")


def _line(row: Mapping[str, Any], at: str) -> Line:
    """Return a row as a line: what the channel does not tell (its authorization, above all) stays empty."""
    who = row.get("who")
    return Line(
        code=KINDS[row["kind"]],
        coverage_level="FAM" if row.get("family") else "IND",
        service_type=row.get("care", ""),
        insurance_type="",
        plan=row.get("plan", ""),
        period=row.get("per", ""),
        amount=row.get("amount", ""),
        percent=row.get("rate", ""),
        quantity_type="",
        quantity="",
        authorization="",
        network=NETWORKS[row.get("network", "")],
        procedure=row.get("procedure", ""),
        at=at,
        detail=Detail(
            entities=(Entity(who["role"], who["name"], who["id"], "PI", who["phone"], "", at),) if who else ()
        ),
    )


# --- for the compliance suite: what such a payer would say instead of a 271 ---------------------------


def speak(text: str) -> tuple[dict[str, str], bytes]:
    """Return the page that says as much of a 271 as the channel can."""
    sheet = read_sheet(text)
    headers = {"Content-Type": "application/json"}
    if sheet.rejected:
        (refusal,) = (word for word, (_, code) in REFUSALS.items() if code == sheet.rejected[0].code)
        return headers, json.dumps({"refused": refusal}).encode()
    name, birth = sheet.first(sheet.patient, "NM1"), sheet.first(sheet.patient, "DMG")
    since, _, until = sheet.first(sheet.patient, "DTP")[3].partition("-")
    page = {
        "family": name[3],
        "given": name[4],
        "born": birth[2],
        "days": [since, until],
        "rows": [row for entry in sheet.entries for row in _rows(entry)],
    }
    return headers, json.dumps(page).encode()


def _rows(entry: Entry) -> Iterator[dict[str, Any]]:
    eb = entry.eb
    if eb[6] == "29":  # what remains: the channel does not know
        return
    words, networks = ({code: word for word, code in table.items()} for table in (KINDS, NETWORKS))
    row = {
        "kind": words[eb[1]],
        "family": eb[2] == "FAM",
        "care": eb[3],
        "plan": eb[5],
        "per": eb[6],
        "amount": eb[7],
        "rate": eb[8],
        "network": networks[eb[12]],
        "procedure": eb[13].partition(":")[2],
    }
    for name in entry.all("NM1"):
        phone = entry.all("PER")[0][4]
        row["who"] = {"role": name[1], "name": name[3], "id": name[9], "phone": phone}
    yield row
