"""The clinic's profile, as the service works with it and as its file is now."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint
from marshmallow import fields

from schemas.answer_parts import count, list_of, one_of, part, words
from schemas.model import CLINICIANS, LEVELS_OF_CARE, MODALITIES, NETWORKS, PROVIDER_TYPES
from schemas.shapes import Flag, Shape, Whole
from service.api.describe import operation
from service.api.exchange import reply
from service.at_hand import office
from service.premises import describe_clinic

clinic = Blueprint("clinic", __name__, url_prefix="/v1/clinic", description=__doc__ or "")


def _prices() -> fields.Dict:
    levels = {"description": f"Dollars by level of care: {', '.join(LEVELS_OF_CARE)}."}
    return fields.Dict(keys=fields.String(), values=fields.String(), required=True, metadata=levels)


class AgesSchema(Shape):
    """Ages taken: from (inclusive), below (exclusive)."""

    from_age = Whole(0, 130, required=True, allow_none=True, data_key="from")
    below = Whole(0, 130, required=True, allow_none=True)


class MissingSchema(Shape):
    """What the profile does not say and an estimate or a rule would use: a code and its parameters."""

    code = words(none=False)
    params = fields.Dict(keys=fields.String(), required=True)


class SiteSchema(Shape):
    """One of the clinic's places; networks and rates are by payer, `payer/plan` where plans differ."""

    id = words(none=False)
    name = words(none=False)
    npi = words(none=False)
    provider_type = one_of(PROVIDER_TYPES)
    county = words()
    locality = words()
    opps_wage_index = words()
    usual_clinician = one_of(CLINICIANS, none=True)
    modalities = list_of(one_of(MODALITIES))
    ages = part(AgesSchema(), none=True)
    languages = list_of(words(none=False))
    transport = Flag(required=True, allow_none=True)
    meals = Flag(required=True, allow_none=True)
    closed_days = list_of(words(none=False))
    networks = fields.Dict(keys=fields.String(), values=one_of(NETWORKS), required=True)
    contracted_rates = fields.Dict(keys=fields.String(), values=_prices(), required=True)
    self_pay_rates = _prices()
    charges = _prices()
    missing = list_of(MissingSchema())


class ConnectionSchema(Shape):
    """A way to payers, without its address and what it proves itself with."""

    id = words(none=False)
    channel = words(none=False)
    form = words(none=False)
    payers = list_of(words(none=False))
    administrators = count()
    test = Flag(required=True)


class ClinicSchema(Shape):
    """The clinic; `faults` are those of its file as it is now, by line."""

    name = words(none=False)
    phone = words()
    time_zone = words(none=False)
    default_site = words(none=False)
    file = words(none=False)
    digest = words(none=False)
    has_changed = Flag(
        required=True, metadata={"description": "The file is another one than the service works with."}
    )
    faults = list_of(words(none=False))
    rulebook_faults = list_of(words(none=False))
    sites = list_of(SiteSchema())
    connections = list_of(ConnectionSchema())


@clinic.route("", methods=["GET"])
@clinic.doc(**operation("getClinic", "The clinic's sites, networks, rates and connections", ClinicSchema()))
def fetch() -> Response:
    """With what is missing for an estimate, and every fault of the file on disk."""
    return reply(describe_clinic(office()))
