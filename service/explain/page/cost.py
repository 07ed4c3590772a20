"""The second part of a page: what it costs, week by week, and what that assumes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from service.explain.page.layout import bullets, columns, heading, line, table
from service.explain.page.reader import Answer, Reader, cited

PARTS = (
    "total_allowed_expected",
    "plan_pays_expected",
    "secondary_pays_expected",
    "write_off_expected",
    "balance_billing",
    "self_pay",
)
# What is not known of these goes without saying where not even the plan's own part is known.
SELDOM = ("secondary_pays_expected", "write_off_expected", "balance_billing", "self_pay")
ALWAYS_IN_WEEKS = ("patient", "plan")
SELDOM_IN_WEEKS = ("secondary", "write_off")
POTS_IN_WEEKS = ("deductible_remaining", "out_of_pocket_remaining")
EXACT = "exact"
NONE = "0.00"
NO_POT = "–"


def cost(answer: Answer, reader: Reader) -> Iterator[str]:
    """Yield the expected cost with its range and parts, what to collect, and how it is figured."""
    estimate = answer["estimate"]
    yield from heading(reader.label("cost"))
    yield from line(headline(estimate, reader))
    for text in range_lines(estimate, reader):
        yield from line(text)
    if estimate["formula"] is not None:
        yield from line(reader.sentence(estimate["formula"]))
    if estimate["first_session"] is not None:
        yield from line(sessions_line(estimate, reader))
    yield from columns([*_parts(estimate, reader)])
    yield from _by_phase(estimate, reader)
    yield from line(collect_line(answer["collect"], reader))
    yield from bullets([reader.sentence(reason) for reason in answer["collect"]["reasons"]])
    if answer["steps"]:
        yield from line(reader.label("how_figured") + ":")
        yield from bullets([reader.sentence(step) for step in answer["steps"]])


def headline(estimate: Answer, reader: Reader) -> str:
    """Return the expected amount in one line."""
    certainty = reader.words.name("certainty", estimate["certainty"])
    if estimate["expected"] is None:
        return reader.label("no_figure", certainty=certainty)
    return reader.label(
        "expected",
        amount=reader.money(estimate["expected"]),
        sessions=reader.words.count("session", estimate["sessions"]),
        certainty=certainty,
    )


def range_lines(estimate: Answer, reader: Reader) -> Iterator[str]:
    """Yield between which amounts the cost lies, where that is not one amount."""
    low, high = estimate["low"], estimate["high"]
    if low is not None and high is not None and low != high:
        yield reader.label("range", low=reader.money(low), high=reader.money(high))
    elif low not in (None, NONE) and high is None:
        yield reader.label("at_least", low=reader.money(low))
    elif low is None and high is not None:
        yield reader.label("at_most", high=reader.money(high))


def sessions_line(estimate: Answer, reader: Reader) -> str:
    """Return what the first session costs, and what a usual one does."""
    first, typical, last = (estimate[f"{which}_session"] for which in ("first", "typical", "last"))
    total = estimate["expected"]
    if total is not None and Decimal(first) * estimate["sessions"] == Decimal(total):
        return reader.label("every_session", first=reader.money(first))
    return reader.label(
        "first_then_typical",
        first=reader.money(first),
        typical=reader.money(typical),
        last=reader.money(last) if last != typical else None,
    )


def _parts(estimate: Answer, reader: Reader) -> Iterator[tuple[str, str]]:
    known = estimate["plan_pays_expected"] is not None
    for name in PARTS:
        amount = estimate[name]
        if amount != NONE and (known or name not in SELDOM):
            yield reader.label(name), reader.money(amount)
    comparison = estimate["self_pay_comparison"]
    if comparison is not None:
        yield reader.label("self_pay_comparison"), reader.money(comparison["amount"])


def _by_phase(estimate: Answer, reader: Reader) -> Iterator[str]:
    if len(estimate["by_phase"]) < 2:
        return
    yield from line(reader.label("by_phase") + ":")
    for phase in estimate["by_phase"]:
        text = reader.label(
            "phase_cost",
            level=reader.words.name("level_title", phase["level_of_care"]),
            amount=reader.money(phase["patient"]),
            sessions=reader.words.count("session", phase["sessions"]),
        )
        yield from bullets([text])


def collect_line(collect: Answer, reader: Reader) -> str:
    """Return what may be collected, and when."""
    amount, when = collect["amount"], collect["when"]
    return reader.label(
        f"collect_{collect['allowed']}",
        amount=reader.words.money(amount) if amount is not None else None,
        date=reader.words.date(when) if when is not None else None,
    )


def weeks(answer: Answer, reader: Reader) -> Iterator[str]:
    """Yield the cost of every week, figures under each other, the currency said once."""
    estimate = answer["estimate"]
    rows = estimate["by_week"]
    if all(row["patient"] is None for row in rows):
        return
    names = [*ALWAYS_IN_WEEKS]
    names += [name for name in SELDOM_IN_WEEKS if any(row[name] not in (None, NONE) for row in rows)]
    names += [name for name in POTS_IN_WEEKS if any(row[name] is not None for row in rows)]
    yield from heading(reader.label("by_week"))
    head = [reader.label(name) for name in ("week_of", "sessions", *names)]
    body = [[reader.words.short_date(row["week_of"]), str(row["sessions"])] for row in rows]
    for cells, row in zip(body, rows, strict=True):
        cells += [_figure(row[name], name, reader) for name in names]
    totals = {
        "patient": estimate["expected"],
        "plan": estimate["plan_pays_expected"],
        "secondary": estimate["secondary_pays_expected"],
        "write_off": estimate["write_off_expected"],
    }
    total = [_figure(totals[name], name, reader) if name in totals else "" for name in names]
    body.append([reader.label("total"), str(estimate["sessions"]), *total])
    yield from table(head, body)


def _figure(amount: str | None, name: str, reader: Reader) -> str:
    return NO_POT if amount is None and name in POTS_IN_WEEKS else reader.amount(amount)


def assumptions(answer: Answer, reader: Reader) -> Iterator[str]:
    """Yield what the estimate assumes, and how much each of it moves the total."""
    found = answer["estimate"]["assumptions"]
    if found:
        yield from heading(reader.label("we_assume"))
        yield from bullets([assumption_line(each, reader) for each in found])
    elif answer["estimate"]["certainty"] == EXACT:
        yield from heading(reader.label("we_assume"))
        yield from line(reader.label("assume_nothing"))


def assumption_line(assumption: Answer, reader: Reader) -> str:
    """Return an assumption with what it moves."""
    text = reader.say(assumption["code"], assumption["params"])
    if assumption["moves"] not in (None, NONE):
        text = reader.label("moves", assumption=text, amount=reader.money(assumption["moves"]))
    return cited(text, assumption["citations"])
