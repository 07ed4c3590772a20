"""The connections that lead to the sandbox, as a clinic's profile states them: one for each form."""

from __future__ import annotations

from typing import NamedTuple

from payers.sandbox.forms import ADDRESSES

ADMINISTRATOR = "SBXBH"


class Line(NamedTuple):
    """One connection: its id, channel and form, and the payers that are asked over it."""

    id: str
    channel: str
    form: str
    payers: dict[str, str]


LINES = (
    Line("sandbox-mime", "x12", "mime", {"cigna": "62308", "medicare": "SBXMEDICARE"}),
    Line("sandbox-soap", "x12", "soap", {"unitedhealthcare": "87726", "florida-medicaid": "77027"}),
    Line("sandbox-plans", "clearinghouse", "plans", {"aetna": "60054"}),
    Line("sandbox-benefits", "clearinghouse", "benefits_information", {"florida-blue": "SBXBLUE"}),
)


def write_connections(url: str) -> str:
    """Return the `connections:` of a profile that asks the sandbox at an address about every payer."""
    return "\n".join(["connections:", *(_write(line, url) for line in LINES), ""])


def _write(line: Line, url: str) -> str:
    payers = ", ".join(f'{payer}: "{id_}"' for payer, id_ in line.payers.items())
    stated = [
        f"  - id: {line.id}",
        f"    channel: {line.channel}",
        f"    form: {line.form}",
        f"    url: {url}{ADDRESSES[line.form]}",
        f"    payers: {{{payers}}}",
        "    test: true",
        "    keep_seconds: 0",
    ]
    if line.channel == "x12":
        stated += ["    sender: EXAMPLECLINIC", "    receiver: SANDBOX"]
    if line.form == "soap":
        stated.append(f"    administrators: [{ADMINISTRATOR}]")
    return "\n".join(stated)


def sandbox_credentials() -> dict[str, str]:
    """Return the variables of the environment that the sandbox is satisfied with."""
    names = [f"OPENVOB_CONNECTION_{line.id.upper().replace('-', '_')}" for line in LINES]
    return {f"{name}_{part}": "sandbox" for name in names for part in ("USER", "PASSWORD", "KEY")}
