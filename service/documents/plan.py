"""What a plan is: membership, kind, network, its manager, who else pays, where claims go, who said so."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.known import NETWORKED_LINES
from service.documents.form import Cell
from service.documents.matter import NOT_SAID, Matter, Write, answered
from service.documents.person import FROM_AN_EMPLOYER
from service.explain.page.verdict import is_confirmed

Rows = Iterator[tuple[str, Cell]]
OF_THE_STATE = ("medicare", "medicaid", "medigap")
"""Lines of business without plan types, employers' funds or an exchange."""

PLANS_INSTEAD = ("medicare_advantage", "managed_care_plan")
LINES_OF_THE_STATE = ("medicare", "medicaid", "medicare_advantage", "medigap")


def status(matter: Matter) -> Rows:
    """Yield whether the membership is active, and from when to when."""
    found, words = matter.shown["eligibility"], matter.reader.words
    text = f"{words.name('eligibility_status', found['status'])}, {words.name('basis', found['basis'])}"
    yield "active", answered(text, found["citations"]) if is_confirmed(matter.shown) else matter.ask_plan()
    for field, name in (("effective_date", "coverage_start"), ("termination_date", "coverage_end")):
        day = found[name]
        yield field, matter.told([name], matter.day) if day is None else answered(matter.day(day))
    yield "plan_year", matter.told(["plan_year_start"], lambda text: matter.label("begins", day=text))


def plan(matter: Matter) -> Rows:
    """Yield what kind of plan it is."""
    public = matter.line in OF_THE_STATE
    yield "plan_type", matter.not_applicable() if public else matter.told(["plan_type"])
    line = matter.said("line_of_business")
    yield "line_of_business", answered(matter.label(f"line_{matter.line if line is NOT_SAID else line}"))
    applies = matter.line in FROM_AN_EMPLOYER
    yield (
        "funding",
        matter.told(["funding"], lambda word: matter.label(f"funding_{word}"))
        if applies
        else matter.not_applicable(),
    )
    if matter.line == "marketplace" and matter.said("exchange") is NOT_SAID:
        yield "exchange", answered(matter.yes_or_no(True))
    else:
        yield "exchange", matter.not_applicable() if public else matter.told(["exchange"], matter.yes_or_no)


def network(matter: Matter) -> Rows:
    """Yield which side of the network the site is on, and what is beyond it."""
    if matter.line not in NETWORKED_LINES:
        for field in ("provider_network", "out_of_network_benefits", "gap_exception"):
            yield field, matter.not_applicable()
        return
    side = matter.shown["network"]
    supposed = any(step["code"] == "network_defaulted" for step in matter.shown["warnings"])
    known = answered(matter.reader.words.name("network", side))
    yield "provider_network", matter.ask_plan() if supposed else known
    outside = matter.said("out_of_network")
    yield (
        "out_of_network_benefits",
        matter.ask_plan() if outside is NOT_SAID else answered(matter.yes_or_no(outside is not None)),
    )
    in_network = side == "in" and not supposed and matter.said("gap_exception") is NOT_SAID
    yield (
        "gap_exception",
        matter.not_applicable() if in_network else matter.told(["gap_exception"], matter.yes_or_no),
    )


def carve_out(matter: Matter) -> Rows:
    """Yield who manages behavioral care for the plan."""
    found = matter.shown["administrator"]
    fields = ("administrator_name", "administrator_id", "administrator_phone", "administrator_claims")
    if found is None:
        none = matter.said("administrator") is None
        yield fields[0], answered(matter.label("none")) if none else _unmanaged(matter)
        for field in fields[1:]:
            yield field, matter.not_applicable() if none else _unmanaged(matter)
        return
    for field, name in zip(fields[:3], ("name", "id", "phone"), strict=True):
        yield field, answered(found[name], found["citations"]) if found[name] else matter.ask_plan()
    yield fields[3], matter.ask_plan()


def coordination(matter: Matter) -> Rows:
    """Yield who else pays, and in which order."""
    shown, order = matter.shown, matter.shown["coordination"]
    others = [other["name"] for other in shown["other_payers"]]
    if not others and order is not None:
        others = [place["payer"]["name"] for place in order.get("order", ())[1:]]
    told = matter.said("other_coverage")
    if others:
        yield "other_coverage", answered("; ".join(others))
    else:
        yield "other_coverage", matter.ask_patient() if told is NOT_SAID else answered(matter.label("none"))
    if order is not None:
        yield "pays_first", answered(matter.reader.sentence(order))
    elif told is None and not others:
        yield "pays_first", answered(matter.label("only_this_plan"))
    else:
        yield "pays_first", matter.ask_plan()
    yield "medicare_or_medicaid", _public(matter)
    yield "employee_assistance", matter.ask_patient()
    yield "court_or_state_funds", matter.ask_patient()


def billing(matter: Matter) -> Rows:
    """Yield where claims go, and by when."""
    parts = [matter.said("claims", name) for name in ("payer_id", "address")]
    known = [str(part) for part in parts if part is not NOT_SAID]
    yield "claims_to", answered("; ".join(known)) if known else matter.ask_plan()
    yield "timely_filing", matter.told(["claims", "timely_filing_days"], _days(matter))
    yield "assignment_of_benefits", matter.told(["claims", "assignment_of_benefits"], matter.yes_or_no)


def cobra(matter: Matter) -> Rows:
    """Yield whether coverage goes on after a job ended."""
    told = matter.said("cobra")
    if told is NOT_SAID and matter.line not in FROM_AN_EMPLOYER:
        yield "cobra_status", matter.not_applicable()
        yield "paid_through", matter.not_applicable()
        return
    yield "cobra_status", matter.told(["cobra"], lambda said: matter.label(f"cobra_{said['status']}"))
    yield (
        "paid_through",
        matter.not_applicable() if told is None else matter.told(["cobra", "paid_through"], matter.day),
    )


def call(matter: Matter) -> Rows:
    """Yield who said what was told, when and where, who verified it and who approved it."""
    records = [telling["told_by"] for telling in matter.tellings]
    nobody = Cell("not_applicable", matter.label("no_call_yet"))
    for field, name in (("representative", "representative"), ("call_reference", "reference")):
        said = [str(record[name]) for record in records if record.get(name)]
        unsaid = matter.ask_plan() if records else nobody
        yield field, answered("; ".join(dict.fromkeys(said))) if said else unsaid
    times = [matter.moment(record["at"]) for record in records]
    yield "call_time", answered("; ".join(dict.fromkeys(times))) if times else nobody
    channels = [matter.label(f"channel_{record['channel']}") for record in records]
    if any(source["kind"] == "reported" for source in matter.shown["citations"]):
        channels.append(matter.label("channel_reply"))
    yield "call_channel", answered("; ".join(dict.fromkeys(channels))) if channels else nobody
    yield "verifier", answered(matter.made_by)
    yield (
        "approver",
        answered(matter.approved_by) if matter.approved_by else Cell("unknown", matter.label("not_approved")),
    )


def _unmanaged(matter: Matter) -> Cell:
    return matter.not_applicable() if matter.line in OF_THE_STATE else matter.ask_plan()


def _public(matter: Matter) -> Cell:
    """What is known of Medicare or Medicaid, beside what was asked about."""
    known = []
    if matter.line in LINES_OF_THE_STATE:
        known.append(matter.label(f"line_{matter.line}"))
    for name in PLANS_INSTEAD:
        said = matter.said(name)
        if said is not NOT_SAID and said is not None:
            known.append(f"{matter.label(f'instead_{name}')}: {said['name']}")
    qmb = matter.said("qmb")
    if qmb is not NOT_SAID:
        known.append(f"QMB: {matter.yes_or_no(qmb)}")
    return answered("; ".join(known)) if known else matter.ask_patient()


def _days(matter: Matter) -> Write:
    return lambda number: matter.reader.words.count("day", number)
