"""Medicare beside a group health plan: whether the plan pays first, by the Medicare Secondary Payer rules.

They hang on why the member has Medicare, on whose current work the plan comes from, and on how many people
the employer has. Whatever of that was not said is asked; nothing is taken for granted but that who is of
age has Medicare by age.
"""

from __future__ import annotations

from datetime import date, timedelta

from schemas.model import Question, Step
from service.engine.order_pair import Pair, Situation, ask_order

OWN_WORK = ("self", "spouse")


def medicare_or_plan(s: Situation, medicare: int, plan: int) -> Pair:
    """Return which of the two pays first: Medicare (or what stands in its place), or a plan."""
    if not {"working_aged", "disabled", "esrd"} <= s.rules.keys():
        return ask_order(s, medicare, plan)
    if s.is_individual(plan):
        return _medicare_first(s, medicare, plan, "individual")
    questions = [*_ask_entitlement(s, medicare)]
    if s.held[plan].basis is None:
        questions.append(s.ask("ask_coverage_basis", plan, "basis"))
    if questions:
        return Pair(None, (), tuple(questions))
    held = s.held[medicare]
    if held.entitlement != "esrd" and held.esrd_start is None:
        return _without_esrd(s, medicare, plan)
    return _with_esrd(s, medicare, plan)


def is_aged(born: date, on: date, age: int) -> bool:
    """Say whether somebody is aged: from the first of the month in which the age is attained.

    An age is attained on the day before the birthday (42 CFR 411.170(c)).
    """
    try:
        birthday = born.replace(year=born.year + age)
    except ValueError:  # 29 February
        birthday = date(born.year + age, 3, 1)
    return on >= (birthday - timedelta(days=1)).replace(day=1)


def month_of(start: date, on: date) -> int:
    """Return which month of a period a day is in, the month of its start being the first."""
    return (on.year - start.year) * 12 + on.month - start.month + 1


def _ask_entitlement(s: Situation, medicare: int) -> tuple[Question, ...]:
    """Return what has to be known first of why somebody has Medicare."""
    held = s.held[medicare]
    known = held.entitlement in ("disability", "esrd") or _is_aged(s)
    if not known:
        return (s.ask("ask_entitlement", medicare, "entitlement"),)
    if held.entitlement == "esrd" and (held.esrd_start is None or month_of(held.esrd_start, s.on) < 1):
        return (s.ask("ask_esrd_start", medicare, "esrd_start"),)
    return ()


def _is_aged(s: Situation) -> bool:
    return s.born is not None and is_aged(s.born, s.on, s.rules["working_aged"].value["age"])


def _medicare_first(s: Situation, medicare: int, plan: int, basis: str) -> Pair:
    """Return that Medicare pays before coverage that does not come from current work."""
    rule = f"medicare_before_{basis}"
    if rule not in s.rules:
        return ask_order(s, medicare, plan)
    params = {"medicare": s.name(medicare), "payer": s.name(plan)}
    step = {
        "retiree": Step("medicare_before_retiree", params, s.cite(rule)),
        "cobra": Step("medicare_before_cobra", params, s.cite(rule)),
        "individual": Step("medicare_before_individual", params, s.cite(rule)),
    }[basis]
    return Pair(medicare, (step,))


def _without_esrd(s: Situation, medicare: int, plan: int) -> Pair:
    basis = s.held[plan].basis
    if basis != "active_employment":
        return _medicare_first(s, medicare, plan, str(basis))
    return _aged(s, medicare, plan) if _is_aged(s) else _disabled(s, medicare, plan)


def _aged(s: Situation, medicare: int, plan: int) -> Pair:
    """Whose work it is counts here: the member's own or the spouse's, and no one else's."""
    held, rule = s.held[plan], s.rules["working_aged"]
    cited, employees = s.cite("working_aged"), rule.value["employees"]
    params = {"medicare": s.name(medicare), "payer": s.name(plan), "employees": employees}
    enough = _has(held.employees, employees)
    if enough is False:
        return Pair(medicare, (Step("small_employer", params, cited),))
    if held.relationship is not None and held.relationship not in OWN_WORK:
        names = {"medicare": s.name(medicare), "payer": s.name(plan)}
        return Pair(medicare, (Step("work_of_another", names, cited),))
    questions = []
    if held.relationship is None:
        questions.append(s.ask("ask_relationship", plan, "subscriber/relationship"))
    if enough is None:
        questions.append(_ask_size(s, plan, employees))
    if questions:
        return Pair(None, (), tuple(questions))
    return Pair(plan, (Step("working_aged", {**params, "age": rule.value["age"]}, cited),))


def _disabled(s: Situation, medicare: int, plan: int) -> Pair:
    employees = s.rules["disabled"].value["employees"]
    enough = _has(s.held[plan].employees, employees)
    if enough is None:
        return Pair(None, (), (_ask_size(s, plan, employees),))
    params = {"medicare": s.name(medicare), "payer": s.name(plan), "employees": employees}
    if enough:
        return Pair(plan, (Step("large_plan_and_disability", params, s.cite("disabled")),))
    return Pair(medicare, (Step("small_plan_and_disability", params, s.cite("disabled")),))


def _with_esrd(s: Situation, medicare: int, plan: int) -> Pair:
    """End-stage renal disease: a group plan of any size pays first for so many months, then Medicare.

    Medicare that was rightly first before, by age or disability, stays so; whether it was, is asked.
    """
    held, months = s.held[medicare], s.rules["esrd"].value["months"]
    if held.esrd_start is None or month_of(held.esrd_start, s.on) < 1:
        return _without_esrd(s, medicare, plan)
    month = month_of(held.esrd_start, s.on)
    params = {"medicare": s.name(medicare), "payer": s.name(plan), "months": months}
    if month > months:
        return Pair(medicare, (Step("esrd_period_over", params, s.cite("esrd")),))
    if held.entitlement != "esrd":
        other = _without_esrd(s, medicare, plan)
        if other.first != plan:
            return Pair(None, (), other.questions) if other.questions else ask_order(s, medicare, plan)
    return Pair(plan, (Step("esrd_period", {**params, "month": month}, s.cite("esrd")),))


def _ask_size(s: Situation, plan: int, employees: int) -> Question:
    params = {"payer": s.name(plan), "employees": employees}
    return Question("ask_employer_size", params, f"/coverages/{plan}/employer_size")


def _has(employees: tuple[int, int | None] | None, wanted: int) -> bool | None:
    """Say whether an employer has so many people; `None` where what was said does not tell."""
    if employees is None:
        return None
    least, below = employees
    if least >= wanted:
        return True
    return False if below is not None and below <= wanted else None
