"""What the API takes besides verification requests: parameters of addresses, searches, cases, comparisons."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import fields

from schemas.fields import Day
from schemas.model import LEVEL_ALIASES, LEVELS_OF_CARE
from schemas.shapes import Choice, Items, Part, Shape, Text, Verbatim, Whole, about, says
from schemas.told import ToldBenefitsSchema
from service.explain import LOCALES
from service.store.cases import STATUSES as CASE_STATUSES
from service.store.local_rules import STATUSES as RULE_STATUSES
from service.store.pages import HIGHEST_LIMIT

VERIFICATION_STATUSES = ("complete", "pending_live", "degraded")
ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
SHOWN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""Some character that can be seen, and none that cannot be shown."""


class Id(fields.String):
    """An id as the service gives it."""

    default_error_messages = says(invalid="not_an_id: must be an id as the service gives it")

    def __init__(self, **kwargs: Any) -> None:
        kwargs["metadata"] = {"pattern": f"^{ID}$"} | kwargs.get("metadata", {})
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(ID, value):
            raise self.make_error("invalid")
        return value


class Number(fields.Integer):
    """A whole number from `low` to `high` in an address, where everything is text."""

    default_error_messages = says()

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        kwargs["metadata"] = {"minimum": low, "maximum": high} | kwargs.get("metadata", {})
        super().__init__(**kwargs)
        self.low, self.high = low, high
        self.error_messages["invalid"] = f"not_a_whole_number: must be a whole number from {low} to {high}"
        self.error_messages["range"] = f"out_of_range: must be from {low} to {high}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch("[0-9]{1,9}", value):
            raise self.make_error("invalid")
        if not self.low <= int(value) <= self.high:
            raise self.make_error("range")
        return int(value)


class Line(Text):
    """Text in an address: the same as text in a body, with all of it said in the document."""

    def __init__(self, longest: int, about: str = "", **kwargs: Any) -> None:
        described = {"pattern": SHOWN} | ({"description": about} if about else {})
        super().__init__(longest, metadata=described, **kwargs)


def _limit() -> Number:
    return Number(1, HIGHEST_LIMIT, load_default=50, metadata={"description": "Most items on a page."})


class PageQuery(Shape):
    """Which page of a list of things with ids."""

    limit = _limit()
    cursor = Id(metadata={"description": "`next` of the page before."})


class VerificationsQuery(PageQuery):
    """What a list of verifications is narrowed to; days are days of creation in UTC."""

    payer = Line(80, "A payer's id.")
    status = Choice(VERIFICATION_STATUSES)
    case_id = Id(metadata={"description": "A case's id."})
    case = Id(metadata={"description": "The same as `case_id`."})
    date = Day(metadata={"description": "The day it was made."})
    date_from = Day(metadata={"description": "The first day it was made on."})
    date_to = Day(metadata={"description": "The last day it was made on."})


class CasesQuery(PageQuery):
    """What a list of cases is narrowed to."""

    status = Choice(CASE_STATUSES)
    owner = Line(100)


class LocalRulesQuery(PageQuery):
    """Which rules out of the clinic's memory to list."""

    status = Choice(RULE_STATUSES)


class PayersQuery(Shape):
    """Which page of the payers or of plans."""

    limit = _limit()
    cursor = Line(120, "`next` of the page before.")


class StaleQuery(Shape):
    """Whose values are wanted, and which page of them."""

    payer = Line(100, "A payer's id, `services` or `programs/…`; without it, all.")
    limit = _limit()
    cursor = Number(1, 1_000_000, metadata={"description": "`next` of the page before."})


class PayersNamedQuery(PayersQuery):
    """Which payers."""

    query = Line(120, "Part of a payer's id, name or alias.")


class ResolveQuery(Shape):
    """What is printed on a card."""

    text = Line(200, "What is printed on the card.", required=True)


class BenefitsQuery(Shape):
    """Which published benefits."""

    plan = Line(120, "A plan's id; without it, what holds for every plan.")
    level_of_care = Choice(
        LEVELS_OF_CARE, LEVEL_ALIASES, metadata={"description": "Without it, every level."}
    )
    date_of_service = Day(metadata={"description": "The day they are in force; today, if not given."})
    site = Line(80, "A site's id; the clinic's default site, if not given.")


class ReplayQuery(Shape):
    """From which day's rulebook a verification is answered again."""

    as_of = Day(metadata={"description": "Answer from the rulebook last in use on this day (UTC)."})


class DocumentQuery(Shape):
    """As what a document is wanted, and in which language."""

    format = Choice(
        ("pdf", "html"),
        load_default="pdf",
        metadata={"description": "`html` is a page to print."},
    )
    language = Choice(
        LOCALES, load_default=LOCALES[0], metadata={"description": "The language of whoever reads it."}
    )


class SearchSchema(Shape):
    """Whom to look for: by member id, by family name and birth date, or by another system's id."""

    member_id = Text(40)
    last_name = Text(80, metadata={"description": "Needs `birth_date` too."})
    family_name = Text(80, metadata={"description": "The same as `last_name`."})
    birth_date = Day()
    external_id = Text(100)
    limit = Whole(1, HIGHEST_LIMIT, load_default=50)
    cursor = Id()


class NewCaseSchema(Shape):
    """A case to open."""

    label = Text(160, allow_none=True, metadata={"description": "What staff call it; kept encrypted."})
    external_id = Text(
        100, allow_none=True, metadata={"description": "Its id in another system; kept encrypted."}
    )
    owner = Text(
        100, allow_none=True, metadata={"description": "Who looks after it; the caller, if not given."}
    )
    status = Choice(CASE_STATUSES, load_default="inquiry")


class CaseChangeSchema(Shape):
    """What to change of a case; what is not given stays."""

    label = Text(160, allow_none=True)
    external_id = Text(100, allow_none=True)
    owner = Text(100, allow_none=True)
    status = Choice(CASE_STATUSES)


class TellingSchema(Shape):
    """What was said on a call, or read on a portal or a card."""

    told_benefits = Part(ToldBenefitsSchema(), required=True)


class BatchQuery(Shape):
    """Which column a header is, and whether the same content may be put up twice on a day."""

    map = Items(
        Verbatim(300, metadata=about("A header, a colon, and its column; nothing behind it: not used.")),
        most=200,
    )
    again = Choice(("true", "false"), load_default="false")


class ResultsQuery(Shape):
    """As what the results of a batch are wanted."""

    format = Choice(("csv", "jsonl", "xlsx"), load_default="jsonl")


PAGE_QUERY = PageQuery()
BATCH_QUERY = BatchQuery()
RESULTS_QUERY = ResultsQuery()
VERIFICATIONS_QUERY = VerificationsQuery()
CASES_QUERY = CasesQuery()
STALE_QUERY = StaleQuery()
LOCAL_RULES_QUERY = LocalRulesQuery()
PAYERS_QUERY = PayersNamedQuery()
RESOLVE_QUERY = ResolveQuery()
BENEFITS_QUERY = BenefitsQuery()
REPLAY_QUERY = ReplayQuery()
DOCUMENT_QUERY = DocumentQuery()
SEARCH = SearchSchema()
CASE = NewCaseSchema()
CASE_CHANGE = CaseChangeSchema()
TOLD = TellingSchema()
