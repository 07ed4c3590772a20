"""The clinic as its profile has it: sites, networks, rates, connections; what is missing, and what is wrong.

What is wrong is read from the file as it is now, which may be another one than the service works with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from payers.connections import Connection
from payers.errors import UnknownPayer
from schemas.fields import format_money
from schemas.known import NETWORKED_LINES
from schemas.model import INTENSIVE_OUTPATIENT, OUTPATIENT, PARTIAL_HOSPITALIZATION, Site
from service.clinic import ClinicFileError, Place, load_clinic
from service.connections import check_connections
from service.office import Office
from service.rules import check
from service.verify import Desk

PRICED = (OUTPATIENT, INTENSIVE_OUTPATIENT, PARTIAL_HOSPITALIZATION)
"""The levels of care that a site's prices are looked for."""

WAGE_ADJUSTED = ("cmhc", "hospital_outpatient")
"""The kinds of sites whose Medicare prices depend on a wage index."""

SOMETHING = ("county", "locality", "usual_clinician")


def describe_clinic(office: Office) -> dict[str, Any]:
    """The clinic's profile, with what is missing for an estimate, and every fault of its file on disk."""
    desk = office.desk
    clinic = desk.clinic
    has_changed, faults = _on_disk(office)
    return {
        "name": clinic.name,
        "phone": clinic.phone,
        "time_zone": clinic.time_zone,
        "default_site": clinic.default_site,
        "file": clinic.file,
        "digest": clinic.digest,
        "has_changed": has_changed,
        "faults": faults,
        "rulebook_faults": check(office.settings),
        "sites": [_site(desk, site, clinic.places[site.id]) for site in clinic.sites.values()],
        "connections": [_connection(one) for one in clinic.connections.values()],
    }


def _on_disk(office: Office) -> tuple[bool, list[str]]:
    """Whether the file is another one by now than the service works with, and what is wrong with it."""
    path = office.settings.clinic_profile
    try:
        now = load_clinic(path)
    except ClinicFileError as error:
        return True, list(error.faults)
    except OSError as error:
        return True, [f"{path.name}: {error.strerror}"]
    faults = check_connections(now, office.desk.rulebook)
    said = list(now.error_of(faults).faults) if faults else []
    return now.digest != office.desk.clinic.digest, said


def _site(desk: Desk, site: Site, place: Place) -> dict[str, Any]:
    ages = place.ages
    return {
        "id": site.id,
        "name": site.name,
        "npi": site.npi,
        "provider_type": site.provider_type,
        "county": site.county,
        "locality": site.locality,
        "opps_wage_index": None if site.wage_index is None else str(site.wage_index.value),
        "usual_clinician": site.usual_clinician,
        "modalities": list(place.modalities),
        "ages": None if ages is None else {"from": ages.from_age, "below": ages.below},
        "languages": list(place.languages),
        "transport": place.transport,
        "meals": place.meals,
        "closed_days": sorted(day.isoformat() for day in site.closed_days),
        "networks": dict(site.networks),
        "contracted_rates": {payer: _prices(rates) for payer, rates in place.contracted_rates.items()},
        "self_pay_rates": _prices(site.self_pay_rates),
        "charges": _prices(site.charges),
        "missing": list(_missing(desk, site, place)),
    }


def _prices(prices: Mapping[str, Any]) -> dict[str, str]:
    return {level: format_money(fact.value) for level, fact in prices.items()}


def _missing(desk: Desk, site: Site, place: Place) -> Iterator[dict[str, Any]]:
    """What an estimate or a rule would use and the profile does not say."""
    # Of payers that no site names the profile need say nothing: an answer then says what it assumes.
    named = {name.split("/")[0] for one in desk.clinic.sites.values() for name in one.networks}
    for payer_id in desk.rulebook.payer_ids:
        payer = desk.rulebook.payer(payer_id)
        if payer.line_of_business not in NETWORKED_LINES or payer_id not in named:
            continue
        networks = {name: word for name, word in site.networks.items() if name.split("/")[0] == payer_id}
        if not networks:
            yield _lack("network", payer=payer.name)
        elif "in" in networks.values():
            levels = [one for one in PRICED if one not in place.contracted_rates.get(payer_id, {})]
            if levels:
                yield _lack("contracted_rate", payer=payer.name, levels=levels)
    for name, prices in (("self_pay_rate", site.self_pay_rates), ("charge", site.charges)):
        if levels := [one for one in PRICED if one not in prices]:
            yield _lack(name, levels=levels)
    if site.provider_type in WAGE_ADJUSTED and site.wage_index is None:
        yield _lack("wage_index")
    yield from (_lack(name) for name in SOMETHING if getattr(site, name) is None)
    if not place.modalities:
        yield _lack("modalities")
    if place.ages is None:
        yield _lack("ages")


def _lack(code: str, **params: Any) -> dict[str, Any]:
    return {"code": code, "params": params}


def _connection(connection: Connection) -> dict[str, Any]:
    """A connection without its address and what it proves itself with."""
    return {
        "id": connection.id,
        "channel": connection.channel,
        "form": connection.form,
        "payers": sorted(connection.payers),
        "administrators": len(connection.administrators),
        "test": connection.test,
    }


def name_of_payer(desk: Desk, payer_id: str) -> str:
    """What a payer is called; one that the rulebook does not have stays its id."""
    try:
        return desk.rulebook.payer(payer_id).name
    except UnknownPayer:
        return payer_id
