"""The shape of coordination.yaml: the rules that say which of a person's coverages pays first."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from schemas.dated import Dated
from schemas.faults import Fault, flatten
from schemas.file_fields import Flag, Table, Whole, key
from schemas.payer_file import SourceSchema, unknown_sources
from schemas.rule_fields import ContactSchema

# Rules that have nothing to be set: they hold, or nobody says so.
PLAIN_RULES = (
    "active_before_retired",
    "advantage_instead_of_medicare",
    "birthday",
    "cobra_after",
    "court_order",
    "custody",
    "dependent_medicare_own",
    "injury_insurer_first",
    "joint_custody",
    "longer",
    "medicaid_last",
    "medicare_before_cobra",
    "medicare_before_individual",
    "medicare_before_retiree",
    "medigap_after_medicare",
    "medigap_or_advantage",
    "own_before_dependent",
    "tricare_active_duty",
    "tricare_after",
)


class WorkingAgedSchema(Schema):
    """From which age, and from how many employees, a plan through current work pays before Medicare."""

    age = Whole(1, required=True)
    employees = Whole(1, required=True)


class DisabledSchema(Schema):
    """From how many employees a plan through current work pays before Medicare for disability."""

    employees = Whole(1, required=True)


class EsrdSchema(Schema):
    """For how many months a group plan pays before Medicare for end-stage renal disease (ESRD)."""

    months = Whole(1, required=True)


RulesSchema = Schema.from_dict(
    {
        "working_aged": Dated(fields.Nested(WorkingAgedSchema)),
        "disabled": Dated(fields.Nested(DisabledSchema)),
        "esrd": Dated(fields.Nested(EsrdSchema)),
        "coordination_center": Dated(fields.Nested(ContactSchema)),
        **{name: Dated(Flag()) for name in PLAIN_RULES},
    },
    name="RulesSchema",
)


CoordinationFileSchema = Schema.from_dict(
    {
        "sources": Table(key(), fields.Nested(SourceSchema), required=True),
        "rules": fields.Nested(RulesSchema, required=True),
    },
    name="CoordinationFileSchema",
)

_FILE = CoordinationFileSchema()


def coordination_file_faults(data: Any) -> list[Fault]:
    """Return what is wrong with the data of coordination.yaml."""
    return list(flatten(_FILE.validate(data))) or unknown_sources(data)
