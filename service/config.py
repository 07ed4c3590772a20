"""What can be set from outside: every setting, its default and its meaning, read once.

`Settings.from_env` is the only place that reads the environment. `docs/configuration.md` holds the
same table for people; a test keeps the two equal.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from service.setting_values import RATE_OFF as RATE_OFF
from service.setting_values import SettingError as SettingError
from service.setting_values import read_address, read_choice, read_number, read_path, read_rate

HOUSE = Path(__file__).resolve().parent.parent
"""The folder that holds the packages: a checkout, or the place they were installed to."""

CONNECTION_VARIABLES = "OPENVOB_CONNECTION_"
"""How the variables begin that hold what connections prove themselves with."""

METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that tells the library of metrics where several processes count together."""

RULES_VARIABLE = "OPENVOB_RULES_PATH"
RULES_MEANING = (
    "Folders of the rulebook, separated as in `PATH`: the first, or the built-in one where it is empty, "
    "and those laid over it."
)

MB = 1024**2
_WEB = ("https://", "http://")
LOG_LEVELS = ("debug", "info", "warning", "error")
LOG_FORMATS = ("json", "plain")

DEVELOPMENT, PRODUCTION = "development", "production"

SECOND_FACTOR = (REQUIRED, OPTIONAL) = ("required", "optional")

_RATE_STORES = ("memory://", "redis://", "rediss://")

ENGINES = (EMBEDDED, CELERY) = ("embedded", "celery")
_BROKERS = ("redis://", "rediss://", "amqp://", "amqps://")


def _setting(variable: str, meaning: str, *, secret: bool = False) -> Any:
    return field(repr=not secret, metadata={"variable": variable, "meaning": meaning})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between installations. Paths are absolute."""

    environment: str = _setting(
        "OPENVOB_ENVIRONMENT",
        "`development`, or `production`, where whatever is unsafe keeps the service from starting.",
    )
    instance_path: Path = _setting(
        "OPENVOB_INSTANCE_PATH", "Folder for what this installation makes: database, keys, caches."
    )
    database_url: str = _setting(
        "OPENVOB_DATABASE_URL", "Where verifications are kept, as an SQLAlchemy address.", secret=True
    )
    data_key: str | None = _setting(
        "OPENVOB_DATA_KEY",
        "The key that member data is encrypted with: 32 bytes in base64; several while it is rotated.",
        secret=True,
    )
    data_key_file: Path = _setting(
        "OPENVOB_DATA_KEY_FILE",
        "File with that key where OPENVOB_DATA_KEY is not set; made on the first run.",
    )
    clinic_profile: Path = _setting(
        "OPENVOB_CLINIC_PROFILE", "The clinic's profile: its sites, networks, rates and prices."
    )
    rules_path: Path = _setting(RULES_VARIABLE, RULES_MEANING)
    overlay_paths: tuple[Path, ...] = _setting(RULES_VARIABLE, RULES_MEANING)
    host: str = _setting("OPENVOB_HOST", "Address to serve on.")
    port: int = _setting("OPENVOB_PORT", "Port to serve on.")
    threads: int = _setting(
        "OPENVOB_THREADS", "How many requests `vob serve` works on at a time; most wait for a payer."
    )
    workers: int = _setting(
        "OPENVOB_WORKERS", "How many processes of `vob serve` answer; more than one needs PostgreSQL."
    )
    jobs_threads: int = _setting(
        "OPENVOB_JOBS_THREADS",
        "How many rows of lists each process verifies at a time; `0`: none.",
    )
    jobs_engine: str = _setting(
        "OPENVOB_JOBS_ENGINE",
        "Who works in the background: `embedded`, threads of `vob serve`, or `celery`.",
    )
    jobs_broker: str = _setting(
        "OPENVOB_JOBS_BROKER",
        "Of `celery`: where its workers are woken, `redis://…` or `amqp://…`; no data goes there.",
        secret=True,
    )
    jobs_metrics_port: int = _setting(
        "OPENVOB_JOBS_METRICS_PORT",
        "Of `celery`: the port where each worker shows its `/metrics`, without a key; `0`: none.",
    )
    webhook_threads: int = _setting(
        "OPENVOB_WEBHOOK_THREADS", "How many events each process sends to webhooks at a time; `0`: none."
    )
    max_body_bytes: int = _setting("OPENVOB_MAX_BODY_BYTES", "The largest request body taken, in bytes.")
    max_batch_bytes: int = _setting("OPENVOB_MAX_BATCH_BYTES", "The largest batch taken, in bytes.")
    max_picture_bytes: int = _setting(
        "OPENVOB_MAX_PICTURE_BYTES", "The largest picture of a card taken, in bytes."
    )
    log_level: str = _setting("OPENVOB_LOG_LEVEL", "The least grave lines that are logged.")
    log_format: str | None = _setting(
        "OPENVOB_LOG_FORMAT", "How log lines are written: `json`, or `plain` for people."
    )
    traces_endpoint: str | None = _setting(
        "OPENVOB_TRACES_ENDPOINT",
        "Where spans are sent: a collector's address for OTLP over HTTP, ending in `/v1/traces`.",
    )
    metrics_open: bool = _setting(
        "OPENVOB_METRICS_OPEN", "Whether `/metrics` is shown without a key: `true` or `false`."
    )
    trusted_proxies: int = _setting(
        "OPENVOB_TRUSTED_PROXIES", "How many proxies stand in front and are believed about who is calling."
    )
    rate_client: str = _setting("OPENVOB_RATE_CLIENT", "How often one client may call, or `off`.")
    rate_address: str = _setting(
        "OPENVOB_RATE_ADDRESS", "How often one address may call without a good key, or `off`."
    )
    rate_member: str = _setting(
        "OPENVOB_RATE_MEMBER", "How often one client may ask about one member, or `off`."
    )
    rate_contact: str = _setting(
        "OPENVOB_RATE_CONTACT", "How often one address may leave a contact on the clinic's website, or `off`."
    )
    rate_page: str = _setting(
        "OPENVOB_RATE_PAGE",
        "How often one address may ask on the website's pages without script, or `off`.",
    )
    rate_store: str = _setting(
        "OPENVOB_RATE_STORE",
        "Where calls are counted: `memory://`, or `redis://…` where several processes share the counts.",
        secret=True,
    )
    session_idle_minutes: int = _setting(
        "OPENVOB_SESSION_IDLE_MINUTES", "After how many minutes without use a session of staff ends."
    )
    session_hours: int = _setting("OPENVOB_SESSION_HOURS", "After how many hours a session of staff ends.")
    second_factor: str = _setting(
        "OPENVOB_SECOND_FACTOR", "Whether all staff need a second factor: `required` or `optional`."
    )
    quote_threshold: int = _setting(
        "OPENVOB_QUOTE_THRESHOLD",
        "By how many dollars a later answer may differ before a family is told anew.",
    )
    memory_days: int = _setting(
        "OPENVOB_MEMORY_DAYS",
        "For how many days after it was told a rule out of the clinic's memory answers.",
    )
    connection_secrets: Mapping[str, str] = _setting(
        CONNECTION_VARIABLES,
        "What each connection proves itself with: every variable that begins so.",
        secret=True,
    )

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a file of ours, whose tables the service brings up to date itself."""
        return self.database_url.startswith("sqlite")

    @property
    def quote_threshold_cents(self) -> int:
        """The threshold of quotes as money is inside."""
        return self.quote_threshold * 100

    @property
    def is_clustered(self) -> bool:
        """Whether work in the background is done by workers of their own, on any number of hosts."""
        return self.jobs_engine == CELERY

    @property
    def is_production(self) -> bool:
        """Whether whatever is unsafe keeps the service from starting."""
        return self.environment == PRODUCTION

    @property
    def metrics_path(self) -> Path:
        """Folder where the processes of `vob serve` count together."""
        return self.instance_path / "metrics"

    @property
    def cache_path(self) -> Path:
        """Folder for what can be made again, such as the compiled rulebook."""
        return self.instance_path / "cache"

    @property
    def api_key_file(self) -> Path:
        """File with the API key that was made for this installation on its first run."""
        return self.instance_path / "api-key"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read every setting from `environ` (default: the process's), with its default.

        An empty variable counts as not set. Raises `SettingError` for a value that cannot be used.
        """
        variables = os.environ if environ is None else environ
        given = {name: value for name, value in variables.items() if value.strip()}
        instance = read_path(given, "OPENVOB_INSTANCE_PATH", HOUSE / "instance")
        rules, *overlays = _rules_paths(given)
        return cls(
            environment=read_choice(given, "OPENVOB_ENVIRONMENT", (DEVELOPMENT, PRODUCTION), DEVELOPMENT),
            instance_path=instance,
            database_url=given.get("OPENVOB_DATABASE_URL", f"sqlite:///{instance / 'openvob.db'}"),
            data_key=given.get("OPENVOB_DATA_KEY"),
            data_key_file=read_path(given, "OPENVOB_DATA_KEY_FILE", instance / "data.key"),
            clinic_profile=read_path(given, "OPENVOB_CLINIC_PROFILE", HOUSE / "clinic.example.yaml"),
            rules_path=rules,
            overlay_paths=tuple(overlays),
            host=given.get("OPENVOB_HOST", "127.0.0.1"),
            port=read_number(given, "OPENVOB_PORT", 8080, low=1, high=65535),
            threads=read_number(given, "OPENVOB_THREADS", 64, low=1, high=1000),
            workers=read_number(given, "OPENVOB_WORKERS", 1, low=1, high=64),
            jobs_threads=read_number(given, "OPENVOB_JOBS_THREADS", 2, low=0, high=64),
            jobs_engine=read_choice(given, "OPENVOB_JOBS_ENGINE", ENGINES, EMBEDDED),
            jobs_broker=read_address(given, "OPENVOB_JOBS_BROKER", _BROKERS),
            jobs_metrics_port=read_number(given, "OPENVOB_JOBS_METRICS_PORT", 0, low=0, high=65535),
            webhook_threads=read_number(given, "OPENVOB_WEBHOOK_THREADS", 2, low=0, high=64),
            max_body_bytes=read_number(given, "OPENVOB_MAX_BODY_BYTES", MB, low=1024, high=64 * MB),
            max_picture_bytes=read_number(
                given, "OPENVOB_MAX_PICTURE_BYTES", 12 * MB, low=1024, high=64 * MB
            ),
            max_batch_bytes=read_number(given, "OPENVOB_MAX_BATCH_BYTES", 16 * MB, low=1024, high=256 * MB),
            log_level=read_choice(given, "OPENVOB_LOG_LEVEL", LOG_LEVELS, "info"),
            log_format=read_choice(given, "OPENVOB_LOG_FORMAT", LOG_FORMATS, "") or None,
            traces_endpoint=read_address(given, "OPENVOB_TRACES_ENDPOINT", _WEB) or None,
            metrics_open=read_choice(given, "OPENVOB_METRICS_OPEN", ("true", "false"), "false") == "true",
            trusted_proxies=read_number(given, "OPENVOB_TRUSTED_PROXIES", 0, low=0, high=10),
            rate_client=read_rate(given, "OPENVOB_RATE_CLIENT", "600/minute"),
            rate_address=read_rate(given, "OPENVOB_RATE_ADDRESS", "60/minute"),
            rate_member=read_rate(given, "OPENVOB_RATE_MEMBER", "30/hour"),
            rate_contact=read_rate(given, "OPENVOB_RATE_CONTACT", "12/hour"),
            rate_page=read_rate(given, "OPENVOB_RATE_PAGE", "30/hour"),
            rate_store=read_address(given, "OPENVOB_RATE_STORE", _RATE_STORES, "memory://"),
            session_idle_minutes=read_number(given, "OPENVOB_SESSION_IDLE_MINUTES", 15, low=1, high=480),
            session_hours=read_number(given, "OPENVOB_SESSION_HOURS", 10, low=1, high=24),
            second_factor=read_choice(given, "OPENVOB_SECOND_FACTOR", SECOND_FACTOR, _usual_factor(given)),
            quote_threshold=read_number(given, "OPENVOB_QUOTE_THRESHOLD", 50, low=0, high=100_000),
            memory_days=read_number(given, "OPENVOB_MEMORY_DAYS", 90, low=1, high=366),
            connection_secrets=_connection_secrets(given),
        )


def _connection_secrets(given: Mapping[str, str]) -> Mapping[str, str]:
    own = {name: value for name, value in given.items() if name.startswith(CONNECTION_VARIABLES)}
    return MappingProxyType(own)


def _usual_factor(given: Mapping[str, str]) -> str:
    return REQUIRED if given.get("OPENVOB_ENVIRONMENT", "").strip().lower() == PRODUCTION else OPTIONAL


def documented_settings() -> dict[str, str]:
    """Every environment variable that is read, with its meaning."""
    return {str(item.metadata["variable"]): str(item.metadata["meaning"]) for item in fields(Settings)}


def _rules_paths(given: Mapping[str, str]) -> list[Path]:
    """The folder of the rulebook, the built-in one where its place is left empty, and those over it."""
    first, *others = given.get(RULES_VARIABLE, "").split(os.pathsep)
    base = Path(first) if first.strip() else HOUSE / "payers" / "rules"
    return [path.expanduser().absolute() for path in (base, *(Path(one) for one in others if one.strip()))]
