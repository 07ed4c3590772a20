"""What the clinic's connections need from elsewhere: payers of the rulebook, credentials from outside."""

from __future__ import annotations

from payers.connections import Credentials
from payers.errors import UnknownPayer
from payers.rulebook import Rulebook
from payers.switchboard import Switchboard
from schemas.faults import Fault
from service.clinic import Clinic
from service.config import CONNECTION_VARIABLES, Settings


def unknown_payers(clinic: Clinic, rulebook: Rulebook) -> list[Fault]:
    """Return a fault of the profile for each payer of a connection that the rulebook does not have."""
    faults = []
    for index, connection in enumerate(clinic.connections.values()):
        for payer_id in connection.payers:
            try:
                rulebook.payer(payer_id)
            except UnknownPayer as error:
                faults.append(Fault(("connections", index, "payers", payer_id), str(error)))
    return faults


def open_switchboard(clinic: Clinic, settings: Settings) -> Switchboard:
    """Return the lines to payers that the profile states; nobody is called yet."""
    return Switchboard(
        clinic.connections.values(), lambda connection_id: credentials_of(settings, connection_id)
    )


def credentials_of(settings: Settings, connection_id: str) -> Credentials:
    """Return what a connection proves itself with; each part that is not set is `None`."""
    beginning = f"{CONNECTION_VARIABLES}{connection_id.upper().replace('-', '_')}_"
    secrets = settings.connection_secrets
    return Credentials(
        user=secrets.get(beginning + "USER"),
        password=secrets.get(beginning + "PASSWORD"),
        key=secrets.get(beginning + "KEY"),
    )
