"""Every door of the service, with somebody marked going through each."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from payers.sandbox.member import Member
from payers.sandbox.reply import write_271
from payers.sandbox.roster import BY_KEY
from tests.payers.sandbox.asking import inquiry_about
from tests.payers.x12.remittances import claim, line, remittance
from tests.pictures import jpeg
from tests.proofs.marks import Marked
from tests.proofs.visitor import Visitor

V1, CASES, PAYERS, LISTS = "/v1/verifications", "/v1/cases", "/v1/payers", "/v1/day-lists"
QUICK, BATCHES, ACTUALS = "/v1/quick-checks", "/v1/batches", "/v1/actuals"
NOWHERE = "019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
TROUBLES = (
    "wrong-member",
    "not-found",
    "garbage",
    "web-page",
    "half-reply",
    "cut-off",
    "fault",
    "dying",
    "error-envelope",
    "throttled",
    "hanging",
    "drip",
)
# How each verification in turn is made, and the payer that it asks.
WAYS = (
    ("POST verification: rulebook", "florida-medicaid"),
    ("POST verification: live, x12 mime", "cigna"),
    ("POST verification: live, x12 soap", "unitedhealthcare"),
    ("POST verification: live, json plans", "aetna"),
    ("POST verification: live, json benefits", "florida-blue"),
    ("POST verification: respond-async", "cigna"),
    ("POST verification: brought 271", "cigna"),
    ("POST verification: told, with a subscriber", "florida-blue"),
)
TROUBLED_PAYERS = ("cigna", "unitedhealthcare", "aetna", "florida-blue")
TAKES_JSON = {"Content-Type": "application/json"}
# A PDF is drawn from the very page that everybody fetches, and takes seconds.
ONE_PDF_IN = 5


def known_to_the_payer(number: int, key: str = "ppo-full") -> Member:
    """A marked person as a member of the sandbox, who is answered as one of its roster is."""
    model, marked = BY_KEY[key], Marked(number)
    states = None
    if key == "wrong-member":
        states = replace(marked.person, birth_date=marked.birth_date + timedelta(days=1))
    return replace(model, person=marked.person, states=states)


def request_about(marked: Marked, payer: str, today: date, **more: Any) -> dict[str, Any]:
    """The request about a marked person."""
    return {
        "payer": payer,
        "member": marked.member(),
        "level_of_care": "iop",
        "start_date": today.isoformat(),
        "external_id": f"{marked.word}-ext",
        **more,
    }


def follow(visitor: Visitor, number: int, today: date) -> None:
    """Make the verification of a number in its way, and go through every door that it opens."""
    marked = Marked(number)
    door, payer = WAYS[number % len(WAYS)]
    key = {"Idempotency-Key": f"{marked.word}-key"}
    body = _asked(marked, door, payer, today)
    if "async" in door:
        key["Prefer"] = "respond-async"
    made = visitor.make(door, V1, body, **key)
    visitor.make("the same Idempotency-Key again", V1, body, **key)
    if made:
        _go_on(visitor, marked, made, today)
    _look_for(visitor, marked)
    _keep_a_case(visitor, marked)
    _put_up_a_list(visitor, marked, payer, today)
    _put_up_a_batch(visitor, marked, payer, today)
    _ask_on_the_website(visitor, marked, payer)
    visitor.call(
        "POST comparison",
        "POST",
        "/v1/comparisons",
        json={
            "request": {name: body[name] for name in ("payer", "member", "start_date", "external_id")},
            "plans": [{"name": "a", "phases": [{"level_of_care": "iop", "weeks": 4}]}],
        },
    )


def _asked(marked: Marked, door: str, payer: str, today: date) -> dict[str, Any]:
    body = request_about(marked, payer, today, live="live" in door or "async" in door)
    if "brought" in door:
        asked = replace(inquiry_about(marked.person), date_of_service=today)
        text = write_271(known_to_the_payer(marked.number), asked, datetime.now(UTC))
        body["payer_reply"] = {"format": "x12_271", "content": text}
    if "told" in door:
        body["told_benefits"] = marked.telling(a_minute_ago())
        body["member"] = marked.member(subscriber=True)
    return body


def _go_on(visitor: Visitor, marked: Marked, made: dict[str, Any], today: date) -> None:
    at = f"{V1}/{made['id']}"
    visitor.call("GET verification", "GET", at, headers={"Accept-Language": "es"})
    visitor.make("POST told", f"{at}/told", {"told_benefits": marked.telling(a_minute_ago())})
    visitor.make("POST reverify", f"{at}/reverify", None)
    visitor.call("GET replay", "GET", f"{at}/replay")
    visitor.call("GET impact", "GET", "/v1/rules/impact?digest=built-in&limit=20", is_silent=True)
    visitor.call("GET replay as of a day", "GET", f"{at}/replay?as_of={today}")
    for kind in ("benefits", "letter", "good_faith_estimate"):
        visitor.call("GET document", "GET", f"{at}/documents/{kind}?format=html&language=es")
    if marked.number % ONE_PDF_IN == 0:
        visitor.call("GET document as PDF", "GET", f"{at}/documents/benefits")
    visitor.call("GET verifications", "GET", f"{V1}?limit=20", is_silent=True)
    _remember(visitor, marked, made)
    _pay(visitor, marked, f"{CASES}/{made['case_id']}", today)
    _hold(visitor, marked, f"{CASES}/{made['case_id']}", made["payer"]["id"])


def _hold(visitor: Visitor, marked: Marked, case: str, payer: str) -> None:
    """Record of a case what can be recorded, each with somebody's marks in it."""
    asked = {
        "level_of_care": "iop",
        "payer": payer,
        "number": f"{marked.word}-auth",
        "reviewer": marked.phrase,
    }
    consent = {"text": marked.phrase, "version": "1", "given_on": "2026-01-02", "given_by": marked.phrase}
    whom = {"relation": "guardian", "name": marked.phrase, "phone": marked.word, "consents": [consent]}
    for kind, said, change in (
        ("authorizations", asked, {"denial_reason": marked.phrase}),
        ("quotes", {"told_to": marked.phrase}, {"reason": marked.phrase}),
        ("contacts", whom, {"address": marked.phrase}),
    ):
        made = visitor.make(f"POST {kind}", f"{case}/{kind}", said)
        one = f"{case}/{kind}/{made.get('id', NOWHERE)}"
        visitor.call(f"PATCH {kind}", "PATCH", one, json=change)
        visitor.call(f"GET {kind}", "GET", f"{case}/{kind}")
    visitor.make("POST confirmations", f"{case}/confirmations", {"item": "referral", "note": marked.phrase})
    visitor.call("GET readiness", "GET", f"{case}/readiness", is_silent=True)
    visitor.call("GET hand-off", "GET", f"{case}/hand-off")
    visitor.call("GET hand-off as a table", "GET", f"{case}/hand-off?format=csv")


def _pay(visitor: Visitor, marked: Marked, case: str, today: date) -> None:
    """Take in what was paid, with somebody's marks wherever a payer or a person may put them."""
    on, word, phrase = today - timedelta(days=1), marked.word, marked.phrase
    names = f"NM1*QC*1*{word}*{word}****MI*{marked.member_id}~"
    x12, table = {"Content-Type": "application/edi-x12"}, {"Content-Type": "text/csv"}
    for number in (f"{word}-ext", word):
        sent = remittance(claim(number, names, line(on.strftime("%Y%m%d")), control=word)).encode()
        visitor.call("POST actuals: 835", "POST", ACTUALS, data=sent, headers=x12, is_silent=True)
    rows = ("external_id,date_of_service,allowed,patient,reason", f"{word},{on},9.00,9.00,{phrase}")
    bad = f"{phrase},{word},{phrase},{word},{phrase}"
    sent = "\n".join((*rows, bad)).encode()
    visitor.call("POST actuals: table", "POST", ACTUALS, data=sent, headers=table, is_silent=True)
    header = f"{word},allowed\n1,2\n".encode()
    visitor.call("POST actuals: no header", "POST", ACTUALS, data=header, headers=table)
    said = {"date_of_service": on.isoformat(), "patient": "9.00", "status": "denied", "reason": phrase}
    visitor.make("POST actual", f"{case}/actuals", said)
    visitor.call("GET actuals", "GET", f"{case}/actuals")
    visitor.call("GET accuracy", "GET", "/v1/accuracy", is_silent=True)


def _look_for(visitor: Visitor, marked: Marked) -> None:
    born = marked.birth_date.isoformat()
    for wanted in (
        {"member_id": marked.member_id},
        {"last_name": marked.person.last_name, "birth_date": born},
        {"external_id": f"{marked.word}-ext"},
    ):
        visitor.call("POST search", "POST", f"{V1}/search", json=wanted, is_silent=True)
    text = quote(marked.phrase)
    visitor.call("GET payers/resolve", "GET", f"{PAYERS}/resolve?text={text}", is_silent=True)
    visitor.call("GET plans", "GET", f"{PAYERS}/cigna/plans?query={text}", is_silent=True)
    visitor.call("GET benefits", "GET", f"{PAYERS}/cigna/benefits?plan={text}")


def _remember(visitor: Visitor, marked: Marked, made: dict[str, Any]) -> None:
    fact = {"level_of_care": "intensive_outpatient", "field": "copay"}
    for plan in ("An invented plan", marked.phrase):
        body = {"verification_id": made["id"], "plan": plan, "facts": [fact]}
        visitor.call("POST local rule", "POST", "/v1/local-rules", json=body)
    visitor.call("GET local rules", "GET", "/v1/local-rules?limit=20", is_silent=True)


def _keep_a_case(visitor: Visitor, marked: Marked) -> None:
    said = {"label": marked.phrase, "external_id": f"{marked.word}-case"}
    case = visitor.make("POST case", CASES, said, **{"Idempotency-Key": f"{marked.word}-case"})
    at = f"{CASES}/{case.get('id', NOWHERE)}"
    visitor.call("PATCH case", "PATCH", at, json={"label": f"{marked.phrase} 2", "status": "verifying"})
    visitor.call("GET case", "GET", at)
    visitor.call("GET timeline", "GET", f"{at}/timeline")
    picture, said_to_be = jpeg(comment=marked.phrase.encode()), {"Content-Type": "image/jpeg"}
    for side in ("front", "back"):
        visitor.call("PUT card", "PUT", f"{at}/card/{side}", data=picture, headers=said_to_be)
        visitor.call("GET card", "GET", f"{at}/card/{side}", is_silent=True)
    no_picture = f"{marked.phrase} {marked.member_id}".encode()
    visitor.call("PUT card: no picture", "PUT", f"{at}/card/front", data=no_picture, headers=said_to_be)
    visitor.call("DELETE card", "DELETE", f"{at}/card/front")
    visitor.call("GET cases", "GET", f"{CASES}?limit=5&owner={quote(marked.phrase)}")
    said = {"about": marked.phrase, "note": marked.word, "due_at": a_minute_ago()}
    call = visitor.make("POST call-back", f"{at}/call-backs", said)
    visitor.call(
        "PATCH call-back", "PATCH", f"{at}/call-backs/{call.get('id', NOWHERE)}", json={"note": marked.word}
    )
    visitor.call("GET call-backs", "GET", "/v1/call-backs?limit=5")


def _ask_on_the_website(visitor: Visitor, marked: Marked, payer: str) -> None:
    asked = {"payer": payer, "level_of_care": "iop", "age_group": "adult", "county": "Miami-Dade"}
    typed = {**asked, "payer": None, "payer_text": marked.phrase}
    visitor.call("POST quick check", "POST", QUICK, json=typed, is_silent=True)
    visitor.call("POST quick check: no county", "POST", QUICK, json={**typed, "county": marked.phrase})
    member = marked.member()
    left = {
        **{name: member[name] for name in ("first_name", "last_name", "birth_date", "member_id")},
        "consent": {"version": "openvob-1", "accepted": True},
        "asking_for": "other",
        "your_name": marked.phrase,
        "channel": "email",
        "email": f"{marked.word}@example.org",
        "check": {**typed, "answer": "ask"},
    }
    at = f"{QUICK}/contacts"
    visitor.call("POST quick contact", "POST", at, json=left, is_silent=True)
    visitor.call("POST quick contact: refused", "POST", at, json={**left, "website": marked.phrase})
    visitor.call("widget: no site", "GET", f"/widget/check?key={quote(marked.word)}", is_silent=True)


def _put_up_a_list(visitor: Visitor, marked: Marked, payer: str, today: date) -> None:
    person = marked.person
    row = {
        "payer": payer,
        "member_id": marked.member_id,
        "first_name": str(person.first_name),
        "last_name": str(person.last_name),
        "birth_date": marked.birth_date.isoformat(),
        "level_of_care": "iop",
    }
    bad = row | {"site": marked.word, "birth_date": marked.phrase}
    made = visitor.make("POST day list", LISTS, {"day": today.isoformat(), "rows": [row, bad]})
    at = f"{LISTS}/{made.get('id', NOWHERE)}"
    visitor.call("GET day list", "GET", at)
    visitor.call("PATCH row", "PATCH", f"{at}/rows/2", json={"site": marked.phrase})
    visitor.call("POST row again", "POST", f"{at}/rows/1/again")
    visitor.call("GET day lists", "GET", f"{LISTS}?limit=5", is_silent=True)


def _put_up_a_batch(visitor: Visitor, marked: Marked, payer: str, today: date) -> None:
    good = request_about(marked, payer, today, live=False)
    bad = {"payer": marked.phrase, "member": marked.member(), marked.word: marked.phrase}
    rows = f"{json.dumps(good)}\n{json.dumps(bad)}\n{{{marked.phrase}\n".encode()
    said = {"Content-Type": "application/x-ndjson"}
    answer = visitor.call("POST batch", "POST", BATCHES, data=rows, headers=said, is_silent=True)
    at = f"{BATCHES}/{answer.json().get('id', NOWHERE)}"
    visitor.call("GET batch", "GET", at, is_silent=True)
    for form in ("csv", "jsonl", "xlsx"):
        visitor.call(f"GET batch results: {form}", "GET", f"{at}/results?format={form}")
    visitor.call("GET batch errors", "GET", f"{at}/errors")
    visitor.call("GET batch refused", "GET", f"{at}/refused")
    visitor.call("GET batches", "GET", f"{BATCHES}?limit=5", is_silent=True)
    visitor.call("POST batch cancel", "POST", f"{at}/cancel", is_silent=True)
    columns = f"payer,{marked.word}\ncigna,{marked.phrase}\n".encode()
    is_csv = {"Content-Type": "text/csv"}
    visitor.call("POST batch: no header", "POST", BATCHES, data=columns, headers=is_csv, is_silent=True)
    mapped = f"{BATCHES}?map={quote(marked.word)}:site&map=x:{quote(marked.word)}"
    visitor.call("POST batch: mapped", "POST", mapped, data=columns, headers=is_csv, is_silent=True)


def meet_trouble(visitor: Visitor, number: int, today: date) -> None:
    """Ask live about somebody whose payer misbehaves."""
    key = TROUBLES[number % len(TROUBLES)]
    payer = TROUBLED_PAYERS[number // len(TROUBLES) % len(TROUBLED_PAYERS)]
    body = request_about(Marked(number), payer, today)
    made = visitor.make(f"POST verification: payer {key}", V1, body)
    if made:
        visitor.call("GET verification", "GET", f"{V1}/{made['id']}")


SLOW = 900_000
"""The number of somebody whose payer takes its time."""


def a_minute_ago() -> str:
    """When somebody on the phone said what is told."""
    return (datetime.now(UTC) - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
