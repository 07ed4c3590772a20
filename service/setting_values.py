"""How the value of a setting is read, and what is said of one that cannot be used."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

RATE_OFF = "off"
_RATE = re.compile("[1-9][0-9]{0,8}/(second|minute|hour|day)")


class SettingError(ValueError):
    """A setting cannot be used as it stands; the message names it and never its value."""


def read_path(given: Mapping[str, str], variable: str, default: Path) -> Path:
    """A path, absolute."""
    return Path(given.get(variable, default)).expanduser().absolute()


def read_number(given: Mapping[str, str], variable: str, default: int, *, low: int, high: int) -> int:
    """A whole number within its bounds."""
    text = given.get(variable, str(default))
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise SettingError(f"{variable} must be a whole number from {low} to {high}")
    return int(text)


def read_choice(given: Mapping[str, str], variable: str, choices: Sequence[str], default: str) -> str:
    """One of some words."""
    text = given.get(variable, default).strip().lower()
    if text not in (*choices, default):
        raise SettingError(f"{variable} must be one of: {', '.join(choices)}")
    return text


def read_address(
    given: Mapping[str, str], variable: str, beginnings: tuple[str, ...], default: str = ""
) -> str:
    """An address that begins in one of some ways; nothing where there is none."""
    text = given.get(variable, default).strip()
    if text and not text.startswith(beginnings):
        raise SettingError(f"{variable} must begin with {' or '.join(beginnings)}")
    return text


def read_rate(given: Mapping[str, str], variable: str, default: str) -> str:
    """How often, such as `600/minute`, or `off`."""
    text = given.get(variable, default).strip().lower()
    if text != RATE_OFF and not _RATE.fullmatch(text):
        raise SettingError(f"{variable} must be like 600/minute (second, minute, hour, day), or {RATE_OFF}")
    return text
