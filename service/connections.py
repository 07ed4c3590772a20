"""What the clinic's connections need from elsewhere: payers of the rulebook, credentials from outside."""

from __future__ import annotations

from payers.connections import Credentials
from payers.errors import UnknownPayer
from payers.registry import find_adapter
from payers.rulebook import Rulebook
from payers.switchboard import Switchboard
from schemas.faults import Fault
from service.clinic import Clinic
from service.config import CONNECTION_VARIABLES, Settings


def check_connections(clinic: Clinic, rulebook: Rulebook) -> list[Fault]:
    """Return every fault of the profile's connections that shows only beside rulebook and adapters."""
    return [*_unknown_payers(clinic, rulebook), *_missing_adapters(clinic)]


def _unknown_payers(clinic: Clinic, rulebook: Rulebook) -> list[Fault]:
    """Return a fault of the profile for each payer of a connection that the rulebook does not have."""
    faults = []
    for index, connection in enumerate(clinic.connections.values()):
        for payer_id in connection.payers:
            try:
                rulebook.payer(payer_id)
            except UnknownPayer as error:
                faults.append(Fault(("connections", index, "payers", payer_id), str(error)))
    return faults


def _missing_adapters(clinic: Clinic) -> list[Fault]:
    """Return a fault of the profile for each adapter of somebody else's that cannot be found here."""
    faults = []
    for index, connection in enumerate(clinic.connections.values()):
        if connection.adapter is not None:
            try:
                find_adapter(connection.adapter)
            except ValueError as error:
                faults.append(Fault(("connections", index, "adapter"), str(error)))
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
