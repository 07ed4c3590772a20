"""Who a payer is: its names, its ids in networks, its member ids' shape, what it can be asked, its plans."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from payers.entries import cite
from payers.table_reader import Row
from schemas.model import Citation, Payer
from schemas.plan_names import index_names, plan_key


@dataclass(frozen=True, slots=True)
class NetworkId:
    """A payer's id in one network (`x12`, a clearinghouse)."""

    network: str
    id: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class MemberIdShape:
    """The shape of a payer's member ids; where it is not `strict`, another shape only warns."""

    pattern: re.Pattern[str]
    strict: bool
    hint: str | None
    citation: Citation

    def fits(self, member_id: str) -> bool:
        """Say whether a member id has this shape."""
        return self.pattern.fullmatch(member_id) is not None


@dataclass(frozen=True, slots=True)
class InquiryTerms:
    """What a payer takes in a live inquiry: its service types, and how many of them in one."""

    service_types: tuple[str, ...]
    at_once: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of a payer, and what else it is called; `in_library` where it stands in a table of designs."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    in_library: bool = False

    def names(self) -> tuple[str, ...]:
        """Return everything the plan is called."""
        return (self.id, self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class PayerIdentity:
    """A payer with everything it is known by; `called` has its plans' ids by every name they go by."""

    payer: Payer
    aliases: tuple[str, ...]
    ids: tuple[NetworkId, ...]
    member_id: MemberIdShape | None
    inquiry: InquiryTerms | None
    ask_first: tuple[str, ...]
    plans: Mapping[str, Plan]
    called: Mapping[str, str]

    def names(self) -> tuple[str, ...]:
        """Return everything the payer is called, its own name first."""
        return (self.payer.name, *self.aliases, self.payer.id)

    def find_plan(self, text: str) -> Plan | None:
        """Return the plan that is called so, however its id is written; `None` if none is."""
        found = text if text in self.plans else self.called.get(plan_key(text))
        return self.plans[found] if found is not None else None


def read_identity(data: Mapping[str, Any], rows: Iterable[Row] = ()) -> PayerIdentity:
    """Return the identity that a payer file states, with the plans of its table of designs."""
    stated, sources = data["payer"], data["sources"]
    plans = _read_plans(data.get("plans", {}), rows)
    return PayerIdentity(
        payer=Payer(stated["id"], stated["name"], stated["line_of_business"]),
        aliases=tuple(stated.get("aliases", ())),
        ids=tuple(
            NetworkId(one["network"], one["id"], cite(sources, one["source"], one["at"]))
            for one in stated.get("ids", ())
        ),
        member_id=_read_shape(stated.get("member_id"), sources),
        inquiry=_read_terms(stated.get("inquiry"), sources),
        ask_first=tuple(stated.get("ask_first", ())),
        plans=plans,
        called=index_names({id_: plan.names() for id_, plan in plans.items()}),
    )


def _read_plans(stated: Mapping[str, Any], rows: Iterable[Row]) -> dict[str, Plan]:
    """Return the plans of a payer file, and of the rows of its table, by id."""
    plans = {id_: Plan(id_, plan["name"], tuple(plan.get("aliases", ()))) for id_, plan in stated.items()}
    said: dict[str, dict[str, str]] = {}
    for row in rows:
        said.setdefault(row["plan"], {}).update(row)
    for id_, row in said.items():
        aliases = tuple(alias.strip() for alias in row.get("aliases", "").split(";") if alias.strip())
        plans[id_] = Plan(id_, row.get("name", id_.upper()), aliases, in_library=True)
    return plans


def _read_shape(stated: Mapping[str, Any] | None, sources: Mapping[str, Any]) -> MemberIdShape | None:
    if stated is None:
        return None
    return MemberIdShape(
        pattern=re.compile(stated["pattern"]),
        strict=stated.get("strict", False),
        hint=stated.get("hint"),
        citation=cite(sources, stated["source"], stated["at"]),
    )


def _read_terms(stated: Mapping[str, Any] | None, sources: Mapping[str, Any]) -> InquiryTerms | None:
    if stated is None:
        return None
    return InquiryTerms(
        service_types=tuple(stated["service_types"]),
        at_once=stated.get("at_once", 1),
        citation=cite(sources, stated["source"], stated["at"]),
    )
