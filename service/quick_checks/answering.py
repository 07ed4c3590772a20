"""The first answer: whether a plan usually includes this care, approval, cost, and what is next.

What is returned holds codes, parameters and numbered sources; `service.quick_checks.saying` adds the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from schemas.model import SELF_PAY, Citation, Payer, Step
from schemas.quick_check import ASK, DOES_NOT, INCLUDES, LEVELS, NOT_SURE
from schemas.sources import Sources
from service.quick_checks.asking import Found, ask_sites, sites_for
from service.quick_checks.choosing import Choice, choose, is_medicaid_itself, serves_county
from service.quick_checks.costs import own_price, plan_cost
from service.verify import Desk

ANSWER, APPROVAL, COST, NEXT = "answer", "approval", "cost", "next"
Told = tuple[str, Step]
Question = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Matter:
    """A question with what was found out for it: which payer, and each level at each site."""

    desk: Desk
    asked: Question
    today: date
    choice: Choice
    found: Mapping[str, Sequence[Found]]
    elsewhere: Found | None = None

    @property
    def payer(self) -> Payer | None:
        """The payer that is meant, or `None`."""
        return self.choice.payer

    @property
    def clinic(self) -> str:
        """What the clinic is called."""
        return self.desk.clinic.name

    @property
    def level(self) -> str:
        """The kind of care that is asked about; `not_sure` stands for all."""
        level: str = self.asked["level_of_care"]
        return level

    @property
    def best(self) -> Found | None:
        """The best answer to the level that is asked about; `None` where there is none, or several levels."""
        found = self.found.get(self.level, ())
        return found[0] if found else None

    @property
    def is_self_pay(self) -> bool:
        """Whether nobody insures."""
        return self.payer is not None and self.payer.line_of_business == SELF_PAY

    def answer_of(self, level: str) -> str:
        """The answer to one level."""
        found = self.found.get(level, ())
        return found[0].answer if found else ASK


def answer_question(desk: Desk, asked: Question, at: datetime) -> dict[str, Any]:
    """Answer a valid question as of an aware time; it keeps nothing, and nobody else is asked."""
    today = at.astimezone(desk.clinic.zone).date()
    choice = choose(desk, asked, today)
    sites = sites_for(desk, asked.get("site"), asked["age_group"])
    found = _find(desk, choice.payer, asked, sites, at) if choice.payer is not None and sites else {}
    matter = Matter(desk, asked, today, choice, found)
    matter = replace(matter, elsewhere=_elsewhere(matter, at))
    sources = Sources()
    sentences = [{"about": about, **sources.step(step)} for about, step in _tell(matter, bool(sites))]
    payer = choice.payer
    return {
        "answer": _answer(matter),
        "payer": None if payer is None else {"id": payer.id, "name": payer.name},
        "level_of_care": matter.level,
        "sentences": sentences,
        "care": [{"level_of_care": level, "answer": matter.answer_of(level)} for level in LEVELS]
        if matter.level == NOT_SURE
        else [],
        "candidates": [{"id": one.id, "name": one.name} for one in choice.candidates],
        "citations": [_public(one) for one in sources.listed()],
    }


def _public(citation: dict[str, Any]) -> dict[str, Any]:
    """A source as strangers may see it: not where in the clinic's own profile something stands."""
    return citation if citation["kind"] == "published" else {**citation, "locator": None}


def _find(
    desk: Desk, payer: Payer, asked: Question, sites: Sequence[str], at: datetime
) -> dict[str, list[Found]]:
    """Ask about the kind of care that is meant, and about the others where one of them has to be named."""
    wanted = asked["level_of_care"]
    levels = LEVELS if wanted == NOT_SURE else (wanted,)
    found = {level: ask_sites(desk, payer, level, asked["age_group"], sites, at) for level in levels}
    if wanted != NOT_SURE and found[wanted][0].answer == DOES_NOT:
        others = [level for level in LEVELS if level != wanted]
        found |= {level: ask_sites(desk, payer, level, asked["age_group"], sites, at) for level in others}
    return found


def _elsewhere(matter: Matter, at: datetime) -> Found | None:
    """Another site that usually has the care, where the one that was asked about does not."""
    best, asked = matter.best, matter.asked
    if best is None or matter.payer is None or not asked.get("site") or best.answer == INCLUDES:
        return None
    others = [one for one in sites_for(matter.desk, None, asked["age_group"]) if one != asked["site"]]
    found = ask_sites(matter.desk, matter.payer, matter.level, asked["age_group"], others, at)
    return next((one for one in found if one.answer == INCLUDES), None)


def _answer(matter: Matter) -> str:
    if matter.level != NOT_SURE:
        return matter.answer_of(matter.level)
    each = {matter.answer_of(level) for level in LEVELS}
    return each.pop() if len(each) == 1 else ASK


def _tell(matter: Matter, has_site: bool) -> Iterator[Told]:
    if not has_site:  # then what a plan says of this care does not matter here
        yield ANSWER, Step("answer_age", {"clinic": matter.clinic})
        yield NEXT, Step("next_reach_you", {"clinic": matter.clinic})
        yield NEXT, Step("next_you_decide")
        return
    for step in _tell_answer(matter):
        yield ANSWER, step
    for step in _tell_approval(matter):
        yield APPROVAL, step
    for step in _tell_cost(matter):
        yield COST, step
    for step in _tell_next(matter):
        yield NEXT, step


def _tell_answer(matter: Matter) -> Iterator[Step]:
    payer, params = matter.payer, {"clinic": matter.clinic, "county": matter.asked["county"]}
    if payer is None:
        yield Step(_unknown(matter), params)
        return
    if matter.is_self_pay:
        yield Step("answer_self_pay", params)
        yield from _tell_other_help(matter)
        return
    params |= {"plan": payer.name}
    answer = _answer(matter)
    cites = _coverage_cites(matter)
    if matter.level == NOT_SURE and len({matter.answer_of(level) for level in LEVELS}) > 1:
        yield Step("answer_depends", params, cites)
    else:
        place = matter.best.site.name if matter.best is not None and _sites_differ(matter) else None
        yield Step(f"answer_{answer}", {**params, "care": matter.level, "place": place}, cites)
    if answer == DOES_NOT and matter.level != NOT_SURE:
        others = [level for level in LEVELS if matter.answer_of(level) == INCLUDES]
        if others:
            yield Step("answer_other_levels", {**params, "cares": others})
    if matter.elsewhere is not None:
        yield Step(
            "answer_other_place", {**params, "care": matter.level, "place": matter.elsewhere.site.name}
        )
    yield from _tell_doubts(matter, payer, params)


def _tell_doubts(matter: Matter, payer: Payer, params: Mapping[str, Any]) -> Iterator[Step]:
    """What may still be otherwise: the network, the county, another plan of Medicaid."""
    each = [found[0] for found in matter.found.values() if found]
    if each and all(one.network == "out" for one in each):
        yield Step("answer_network_out", params)
    elif any(one.network is None for one in each):
        yield Step("answer_network_ask", params)
    if not serves_county(matter.desk, payer, matter.asked["county"], matter.today):
        yield Step("answer_county", params)
    if is_medicaid_itself(payer) and matter.choice.candidates:
        yield Step("answer_medicaid_plan", params)


def _tell_other_help(matter: Matter) -> Iterator[Step]:
    each = [found[0] for found in matter.found.values() if found]
    asks = [
        step for one in each for step in one.determination.next_steps if step.code == "ask_for_any_coverage"
    ]
    yield Step("answer_other_help", {}, asks[0].citations if asks else ())


def _unknown(matter: Matter) -> str:
    candidates = matter.choice.candidates
    if not candidates:
        return "answer_ask_unknown"
    if matter.asked.get("plan_type") == "medicaid":
        return "answer_ask_medicaid"
    return "answer_ask_candidates" if len(candidates) > 1 else "answer_ask_candidate"


def _tell_approval(matter: Matter) -> Iterator[Step]:
    if matter.is_self_pay:
        yield Step("approval_none")
        return
    each = [matter.found[level][0] for level in _levels(matter) if matter.found.get(level)]
    said = [one.determination.phases[0].prior_authorization for one in each]
    if matter.best is not None and matter.best.answer == DOES_NOT:
        return
    statuses = {one.status for one in said}
    if len(statuses) > 1:
        yield Step("approval_depends")
        return
    status = statuses.pop() if statuses else "undetermined"
    cites = _once(citation for one in said for citation in one.citations)
    if_so = {"if_so": True} if _answer(matter) == ASK else {}
    yield Step(f"approval_{status}", if_so, cites if status != "undetermined" else ())
    wanted = [step for one in each for step in one.determination.steps if step.code == "referral_required"]
    if wanted:
        yield Step("approval_referral", {}, wanted[0].citations)


def _tell_cost(matter: Matter) -> Iterator[Step]:
    best = matter.best
    if best is None:
        yield Step("cost_unknown" if matter.level != NOT_SURE or matter.payer is None else "cost_depends")
    elif best.answer == INCLUDES and best.network != "out":
        yield from plan_cost(best, matter.level)
    elif best.answer == DOES_NOT:
        yield from own_price(best, matter.level, matter.clinic)
    else:
        yield Step("cost_unknown")


def _tell_next(matter: Matter) -> Iterator[Step]:
    promise = matter.desk.clinic.promised_hours
    yield Step("next_reach_you", {"clinic": matter.clinic})
    yield Step("next_own_price" if matter.is_self_pay else "next_we_ask", {"clinic": matter.clinic})
    if promise is not None:
        yield Step("next_within", {"hours": promise})
    yield Step("next_you_decide")


def _levels(matter: Matter) -> Sequence[str]:
    return LEVELS if matter.level == NOT_SURE else (matter.level,)


def _coverage_cites(matter: Matter) -> tuple[Citation, ...]:
    each = [matter.found[level][0] for level in _levels(matter) if matter.found.get(level)]
    reasons = (step for one in each for step in one.determination.phases[0].coverage.reasons)
    return _once(citation for step in reasons for citation in step.citations)


def _once(citations: Iterator[Citation]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(citations))


def _sites_differ(matter: Matter) -> bool:
    """Whether not every site has the answer of the best."""
    return len({one.answer for one in matter.found.get(matter.level, ())}) > 1
