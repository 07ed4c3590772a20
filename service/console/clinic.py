"""The page of the clinic's profile: shown with its faults, and edited where it stands, in its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask.typing import ResponseReturnValue

from service.at_hand import office
from service.console.reading import label, language, show_to_staff
from service.console.room import console
from service.explain.page import Reader
from service.premises import describe_clinic, name_of_payer

LEVELS = ("outpatient", "intensive_outpatient", "partial_hospitalization", "residential", "inpatient")


@console.get("/clinic")
def clinic() -> ResponseReturnValue:
    """Sites, networks, rates, prices and connections, each with what is missing; never what is secret."""
    desk = office().desk
    shown = describe_clinic(office())
    reader = Reader(language(), desk.clinic.zone)
    for site in shown["sites"]:
        site["lacks"] = [_lack(lack, reader) for lack in site["missing"]]
        site["rates"] = list(_rates(site, reader))
        site["networked"] = [(_named(name), word) for name, word in site["networks"].items()]
    return show_to_staff("clinic.html", clinic=shown, payer_name=lambda one: name_of_payer(desk, one))


def _named(name: str) -> str:
    payer, _, plan = name.partition("/")
    called = name_of_payer(office().desk, payer)
    return f"{called}, {plan}" if plan else called


def _lack(lack: Mapping[str, Any], reader: Reader) -> str:
    params = dict(lack["params"])
    if "levels" in params:
        params["levels"] = ", ".join(reader.words.name("level_short", level) for level in params["levels"])
    return label(f"missing_{lack['code']}", **params)


def _rates(site: Mapping[str, Any], reader: Reader) -> Iterator[tuple[str, list[str]]]:
    """Rows of the table of prices: each payer's contract, self-pay and the usual charge, by level."""
    rows = {_named(payer): rates for payer, rates in site["contracted_rates"].items()}
    rows |= {label("self_pay_rates"): site["self_pay_rates"], label("charges"): site["charges"]}
    for name, rates in rows.items():
        yield name, [reader.amount(rates[level]) if level in rates else "–" for level in LEVELS[:3]]
