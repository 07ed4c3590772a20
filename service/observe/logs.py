"""Log lines: one object a line on standard error, with no key but those that are allowed.

What our own loggers say holds no member's data and is kept. What others say may hold anything: of them only
who spoke is kept, and of their warnings the text as it stands in their source. Of an exception its type and
places are kept, never its message.
"""

from __future__ import annotations

import ast
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any, TextIO

import orjson
from structlog.dev import ConsoleRenderer
from structlog.processors import JSONRenderer
from structlog.typing import Processor

from service.config import HOUSE, Settings
from service.observe.metrics import LOG_KEYS_DROPPED, LOG_LINES_LOST

OURS = frozenset({"service", "payers", "schemas"})
ALLOWED = frozenset(
    {
        "request_id",
        "method",
        "route",
        "status",
        "milliseconds",
        "client",
        "connection",
        "channel",
        "reason",
        "count",
        "instance",
        "place",
    }
)
# These write to standard error by themselves, in a form of their own, until they are told not to.
OUTSPOKEN = ("gunicorn.error", "gunicorn.access", "werkzeug")
PLAIN_VALUES = (str, int, float, bool, type(None))
# What every record has says nothing of what was logged; `taskName` came with Python 3.12.
_OF_EVERY_RECORD = frozenset((*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"))
_PLACES = 12


class StandardError(logging.StreamHandler[TextIO]):
    """Writes to whatever standard error is at the moment; a line that cannot be written is counted."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Standard error as it is now."""
        return sys.stderr

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (its name in logging)
        """Count what could not be written; the library would print the line's arguments instead."""
        LOG_LINES_LOST.inc()


def set_up_logging(settings: Settings) -> None:
    """Let everything that is logged in this process go one way; called again, the newest settings hold."""
    root = logging.getLogger()
    handler = next((one for one in root.handlers if isinstance(one, StandardError)), None)
    if handler is None:
        handler = StandardError()
        root.addHandler(handler)
    handler.setFormatter(Line(settings.log_format or _usual_format()))
    root.setLevel(settings.log_level.upper())
    for name in OUTSPOKEN:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


class Line(logging.Formatter):
    """Makes a line of a record, as `json` or `plain`, of nothing but what `describe` says of it."""

    def __init__(self, form: str) -> None:
        super().__init__()
        plain = ConsoleRenderer(colors=False, sort_keys=False, timestamp_key="time")
        self._render: Processor = plain if form == "plain" else JSONRenderer(serializer=_to_json)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return str(self._render(None, "", describe(record)))


def _usual_format() -> str:
    return "plain" if sys.stderr.isatty() else "json"


def _to_json(fields: Mapping[str, Any], **_: Any) -> str:
    return orjson.dumps(fields).decode()


def describe(record: logging.LogRecord) -> dict[str, Any]:
    """Return what a line says of a record: when, how grave, who, what, and what is allowed beside it."""
    said: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
        "level": record.levelname.lower(),
        "logger": record.name,
    }
    event = _event(record)
    if event is not None:
        said["event"] = event
    said.update(_allowed(record))
    if record.exc_info and record.exc_info[0] is not None:
        said.update(reason=record.exc_info[0].__name__, place=_places(record.exc_info[2]))
    return said


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in OURS


def _event(record: logging.LogRecord) -> str | None:
    """Return what a record says, as far as its speaker is trusted."""
    if _is_ours(record):
        return record.getMessage()
    if record.levelno < logging.WARNING or not isinstance(record.msg, str):
        return None
    return record.msg if record.msg in _texts_in(record.pathname) else None


@lru_cache(maxsize=256)
def _texts_in(path: str) -> frozenset[str]:
    """Return the texts that stand in a source: one that was put together while running is none of them."""
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return frozenset()
    return frozenset(
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is str
    )


def _allowed(record: logging.LogRecord) -> dict[str, Any]:
    """Return what we put beside a record's message, under keys that are allowed, and count the rest."""
    given = vars(record)
    beside = [key for key in given if key not in _OF_EVERY_RECORD]
    kept = [key for key in beside if key in ALLOWED] if _is_ours(record) else []
    found = {key: given[key] for key in kept if isinstance(given[key], PLAIN_VALUES)}
    if dropped := len(beside) - len(found):
        LOG_KEYS_DROPPED.inc(dropped)
    return found


def _places(trace: TracebackType | None) -> list[str]:
    """Return where an exception passed through, outermost first; code has places, and no members."""
    frames = [(frame.f_code, line) for frame, line in walk_tb(trace)]
    return [f"{_short(code.co_filename)}:{line} {code.co_name}" for code, line in frames[-_PLACES:]]


def _short(path: str) -> str:
    """Return a path without what is before our house or the library it belongs to."""
    return path.removeprefix(f"{HOUSE}/").rpartition("site-packages/")[2]
