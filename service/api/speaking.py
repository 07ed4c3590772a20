"""Puts the sentences of the caller's language beside the codes of an answer."""

from __future__ import annotations

from typing import Any

from schemas.messages import add_messages
from service.api.exchange import language
from service.explain import say


def speak(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer with its sentences, in the caller's language."""
    return add_messages(answer, say(language()))
