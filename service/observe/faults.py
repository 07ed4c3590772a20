"""A fault of ours in the log: its kind and its places, never its message, which could hold anything."""

from __future__ import annotations

import logging
import traceback
import uuid

_log = logging.getLogger(__name__)


def note_fault(error: Exception) -> str:
    """Note where something went wrong; return the name of this one occurrence."""
    instance = uuid.uuid4().urn
    places = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s: %s\n%s", instance, type(error).__name__, places)
    return instance
