"""The clinic's profile: its sites, networks, rates and prices, and its connections, read from one YAML file.

Every amount and index becomes a fact that cites its place in the profile. The bytes are kept as they
were, with their digest, so that an answer can be worked out again from the very same profile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from payers.connections import Connection
from payers.yaml_reader import Document, read_yaml
from schemas.clinic_file import OTHER_PLANS, judge_clinic
from schemas.connection_file import default_form
from schemas.faults import Fault, spell
from schemas.model import AgeBand, Citation, Fact, Site, Step
from schemas.reverification import USUAL, Terms, read_terms

DEFAULT_TIME_ZONE = "America/New_York"
DEFAULT_NAME = "clinic.yaml"
# What of a connection in the profile is not taken as it stands.
REREAD = ("channel", "form", "payers", "administrators", "quiet_hours")


class ClinicFileError(Exception):
    """A profile that cannot be used; the message names every fault by file, line and place."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Place:
    """What the profile says of a site beyond the site itself."""

    contracted_rates: Mapping[str, Mapping[str, Fact[int]]] = field(default_factory=dict)
    modalities: tuple[str, ...] = ()
    ages: AgeBand | None = None
    languages: tuple[str, ...] = ()
    transport: bool | None = None
    meals: bool | None = None


@dataclass(frozen=True, slots=True)
class ConsentText:
    """A text that visitors of the website agree to, by language, and its version."""

    version: str
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Clinic:
    """The clinic: sites and what else is said of them, by id, and the bytes it was all read from.

    `sites` hold the contracted rates of no payer: `site_for` fills in those of one. `connections` are by
    their own id. `file` is what errors call the profile. `promised_hours` is within how long visitors of the
    website are answered, where that is promised at all; `consent` a text of the clinic's own for them.
    `reverification` is when open cases are verified again by themselves.
    """

    name: str
    time_zone: str
    sites: Mapping[str, Site]
    places: Mapping[str, Place]
    default_site: str
    digest: str
    raw: bytes
    phone: str | None = None
    connections: Mapping[str, Connection] = field(default_factory=dict)
    promised_hours: int | None = None
    consent: ConsentText | None = None
    reverification: Terms = USUAL
    file: str = field(default=DEFAULT_NAME, compare=False)

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose calendar all dates are of."""
        return ZoneInfo(self.time_zone)

    def site_for(self, site_id: str, payer_id: str) -> Site:
        """Return a site as one payer sees it: with the contracted rate by level of care."""
        rates = self.places[site_id].contracted_rates.get(payer_id)
        site = self.sites[site_id]
        return site if rates is None else replace(site, contracted_rates=rates)

    def misfits(self, site_id: str, modality: str, age: int | None) -> list[Step]:
        """Say where a site, by its own profile, does not work this way or does not take this age."""
        site, place = self.sites[site_id], self.places[site_id]
        found = []
        if place.modalities and modality not in place.modalities:
            params = {"modality": modality, "site": site.name}
            found.append(Step("site_does_not_work_this_way", params))
        if place.ages is not None and age is not None:
            too_young = place.ages.from_age is not None and age < place.ages.from_age
            if too_young or (place.ages.below is not None and age >= place.ages.below):
                found.append(Step("site_does_not_take_this_age", {"site": site.name}))
        return found

    def error_of(self, faults: Iterable[Fault]) -> ClinicFileError:
        """Return the error that names faults, found when the profile met other files, by line and place."""
        return _error(read_yaml(self.raw), faults, self.file)


def load_clinic(path: Path) -> Clinic:
    """Load the profile at a path; raises `ClinicFileError` with every fault, `OSError` if it is not there."""
    return load_clinic_from_bytes(path.read_bytes(), path.name)


def load_clinic_from_bytes(content: bytes, name: str = DEFAULT_NAME) -> Clinic:
    """Load a profile from its bytes; `name` is what errors call it."""
    document = read_yaml(content)
    faults = list(document.faults)
    if document.data is not None or not faults:
        faults += judge_clinic(document.data)
    if faults:
        raise _error(document, faults, name)
    return _build(document.data, content, name)


def _error(document: Document, faults: Iterable[Fault], name: str) -> ClinicFileError:
    lines = sorted((document.line_of(fault.path), spell(fault.path), fault.message) for fault in faults)
    return ClinicFileError(
        [f"{name}:{line}: {place + ': ' if place else ''}{message}" for line, place, message in lines]
    )


def _build(data: Mapping[str, Any], content: bytes, name: str) -> Clinic:
    identity = data["clinic"]
    return Clinic(
        name=identity["name"],
        time_zone=identity.get("time_zone", DEFAULT_TIME_ZONE),
        sites=MappingProxyType({site["id"]: _site(site) for site in data["sites"]}),
        places=MappingProxyType({site["id"]: _place(site) for site in data["sites"]}),
        default_site=data.get("default_site", data["sites"][0]["id"]),
        digest=f"sha256:{hashlib.sha256(content).hexdigest()}",
        raw=content,
        phone=identity.get("phone"),
        connections=MappingProxyType({one["id"]: _connection(one) for one in data.get("connections", ())}),
        promised_hours=data.get("widget", {}).get("response", {}).get("hours"),
        consent=_consent(data.get("widget", {}).get("consent")),
        reverification=read_terms(data.get("reverification", {})),
        file=name,
    )


def _consent(data: Mapping[str, str] | None) -> ConsentText | None:
    if data is None:
        return None
    return ConsentText(data["version"], {name: data[name] for name in data if name != "version"})


def _site(data: Mapping[str, Any]) -> Site:
    site_id = data["id"]
    return Site(
        id=site_id,
        name=data["name"],
        npi=data["npi"],
        provider_type=data["provider_type"],
        county=data.get("county"),
        locality=data.get("locality"),
        wage_index=_index(data, site_id),
        usual_clinician=data.get("usual_clinician"),
        networks=_networks(data.get("networks", {})),
        self_pay_rates=_prices(data, "self_pay_rates", site_id),
        charges=_prices(data, "charges", site_id),
        closed_days=frozenset(date.fromisoformat(day) for day in data.get("closed_days", ())),
    )


def _place(data: Mapping[str, Any]) -> Place:
    ages = data.get("ages")
    return Place(
        contracted_rates={
            payer: _facts(rates, f"sites.{data['id']}.contracted_rates.{payer}")
            for payer, rates in data.get("contracted_rates", {}).items()
        },
        modalities=tuple(data.get("modalities", ())),
        ages=AgeBand(ages.get("from"), ages.get("below")) if ages else None,
        languages=tuple(data.get("languages", ())),
        transport=data.get("transport"),
        meals=data.get("meals"),
    )


def _connection(data: Mapping[str, Any]) -> Connection:
    """Return a connection; what is left out is as its class has it, the form as the channel has it."""
    channel = data.get("channel", "")
    return Connection(
        **{name: value for name, value in data.items() if name not in REREAD},
        channel=channel,
        form=data.get("form", default_form(channel)),
        payers=MappingProxyType(dict(data.get("payers", {}))),
        administrators=tuple(data.get("administrators", ())),
        quiet_hours=tuple(data.get("quiet_hours", ())),
    )


def _networks(networks: Mapping[str, Any]) -> dict[str, str]:
    """Lay networks flat: `payer` for all plans that are not named, `payer/plan` for those that are."""
    flat: dict[str, str] = {}
    for payer, said in networks.items():
        by_plan = said if isinstance(said, Mapping) else {OTHER_PLANS: said}
        for plan, network in by_plan.items():
            flat[payer if plan == OTHER_PLANS else f"{payer}/{plan}"] = network
    return flat


def _index(data: Mapping[str, Any], site_id: str) -> Fact[Decimal] | None:
    if "opps_wage_index" not in data:
        return None
    return Fact(Decimal(data["opps_wage_index"]), _citation(f"sites.{site_id}.opps_wage_index"))


def _prices(data: Mapping[str, Any], name: str, site_id: str) -> dict[str, Fact[int]]:
    return _facts(data.get(name, {}), f"sites.{site_id}.{name}")


def _facts(prices: Mapping[str, str], place: str) -> dict[str, Fact[int]]:
    return {
        level: Fact(int(price.replace(".", "")), _citation(f"{place}.{level}"))
        for level, price in prices.items()
    }


def _citation(place: str) -> Citation:
    return Citation(kind="profile", title="Clinic profile", locator=place)
