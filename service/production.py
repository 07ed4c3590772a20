"""What keeps the service from starting: what is unsafe in production, and what works nowhere.

Every fault is named at once, each by its setting and never with a value of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import parse_qs, unquote, urlsplit

from flask.helpers import get_debug_flag
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from service.config import RATE_OFF, SettingError, Settings
from service.security.data_key import read_data_keys

NO_DATA_KEY = "there is no data key: set OPENVOB_DATA_KEY, or have its file where OPENVOB_DATA_KEY_FILE says"
SHORTEST_PASSWORD = 12
# Of 32 random bytes about 30 differ; that so few do by chance never happens.
FEWEST_DISTINCT = 17
PRINTABLE = frozenset(range(0x20, 0x7F))
_WORDS = (
    "password|passwd|passwort|secret|changeme|change|replace|default|example|letmein|welcome|qwerty|admin|"
    "root|user|test|abc|123|postgresql|postgres|database|redis|openvob|clinic"
)
_OBVIOUS = re.compile(rf"(?:[\d\W_]*(?:{_WORDS}|me|this|your|the|my|it))*[\d\W_]*", re.IGNORECASE)


class UnfitSettings(SettingError):
    """Settings that the service does not start with, all their `faults` together, each in a line."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("the service does not start with these settings:\n  " + "\n  ".join(faults))
        self.faults = faults


def refuse_unfit(settings: Settings) -> None:
    """Raise `UnfitSettings` with every fault of the settings, where they have any."""
    faults = tuple(_faults_anywhere(settings))
    if settings.is_production:
        faults += tuple(_faults_in_production(settings))
    if faults:
        raise UnfitSettings(faults)


def refuse_new_data_key(settings: Settings) -> None:
    """Raise `UnfitSettings` where a data key would have to be made: in production one is brought along."""
    if settings.is_production and not _has_data_key(settings):
        raise UnfitSettings((NO_DATA_KEY,))


def _faults_anywhere(settings: Settings) -> Iterator[str]:
    if settings.is_embedded and settings.workers > 1:
        yield "OPENVOB_WORKERS: several processes need PostgreSQL; SQLite has one writer at a time"
    if settings.is_clustered and settings.is_embedded:
        yield "OPENVOB_JOBS_ENGINE: `celery` needs PostgreSQL; SQLite has one writer at a time"
    if settings.is_clustered and not settings.jobs_broker:
        yield "OPENVOB_JOBS_BROKER: `celery` wakes its workers over a Redis or RabbitMQ; name one"
    if settings.jobs_broker and not settings.is_clustered:
        yield "OPENVOB_JOBS_BROKER: nobody uses it while OPENVOB_JOBS_ENGINE is `embedded`; unset it"


def _faults_in_production(settings: Settings) -> Iterator[str]:
    if settings.is_embedded:
        yield "OPENVOB_DATABASE_URL: SQLite is not for production; name a PostgreSQL database"
    yield from _faults_of_data_key(settings)
    yield from _faults_of_passwords(settings)
    if get_debug_flag():
        yield "FLASK_DEBUG: it is on, and shows what no stranger may see"
    if settings.log_level == "debug":
        yield "OPENVOB_LOG_LEVEL: `debug` is not for production"
    rates = {
        "OPENVOB_RATE_CLIENT": settings.rate_client,
        "OPENVOB_RATE_ADDRESS": settings.rate_address,
        "OPENVOB_RATE_MEMBER": settings.rate_member,
    }
    for variable, rate in rates.items():
        if rate == RATE_OFF:
            yield f"{variable}: it is off, and anybody could ask without end"
    if settings.workers > 1 and settings.rate_store.startswith("memory:"):
        yield "OPENVOB_RATE_STORE: several processes must share their counts; name a Redis"


def _has_data_key(settings: Settings) -> bool:
    return settings.data_key is not None or settings.data_key_file.exists()


def _faults_of_data_key(settings: Settings) -> Iterator[str]:
    if not _has_data_key(settings):
        yield NO_DATA_KEY
        return
    named = "OPENVOB_DATA_KEY" if settings.data_key is not None else "the file of OPENVOB_DATA_KEY_FILE"
    try:
        data_keys = read_data_keys(settings)
    except SettingError as error:
        yield str(error)
        return
    if any(map(is_weak_key, data_keys)):
        yield f"{named}: the data key is not random; make one as docs/configuration.md shows"


def _faults_of_passwords(settings: Settings) -> Iterator[str]:
    """Yield what is wrong with passwords in addresses; whoever proves themselves otherwise has none there."""
    try:
        database = make_url(settings.database_url)
    except ArgumentError:
        yield "OPENVOB_DATABASE_URL: it is not an address"
    else:
        in_query = database.query.get("password")
        yield from _fault_of_password("OPENVOB_DATABASE_URL", database.password or in_query)
    yield from _faults_of_address("OPENVOB_RATE_STORE", settings.rate_store)
    yield from _faults_of_address("OPENVOB_JOBS_BROKER", settings.jobs_broker)


def _faults_of_address(variable: str, address: str) -> Iterator[str]:
    try:
        found = urlsplit(address)
        password = unquote(found.password) if found.password else None
    except ValueError:
        yield f"{variable}: it is not an address"
    else:
        in_query = parse_qs(found.query).get("password", [None])[-1]
        yield from _fault_of_password(variable, password or in_query)


def _fault_of_password(variable: str, password: object) -> Iterator[str]:
    if password and is_weak_password(str(password)):
        yield f"{variable}: its password needs {SHORTEST_PASSWORD} characters or more that nobody guesses"


def is_weak_key(key: bytes) -> bool:
    """Whether a data key was not made at random: text, a pattern, a count, the same bytes over and over."""
    steps = {(after - before) % 256 for before, after in pairwise(key)}
    return len(set(key)) < FEWEST_DISTINCT or len(steps) == 1 or PRINTABLE.issuperset(key)


def is_weak_password(password: str) -> bool:
    """Whether a password is short, of few characters, or put together of words that everybody tries first."""
    few = len(set(password)) < SHORTEST_PASSWORD // 2
    is_number = password.isdecimal() and len(password) < 2 * SHORTEST_PASSWORD
    return len(password) < SHORTEST_PASSWORD or few or is_number or bool(_obvious(password))


def _obvious(password: str) -> bool:
    return not password.isdecimal() and _OBVIOUS.fullmatch(password) is not None
