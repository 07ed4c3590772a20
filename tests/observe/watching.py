"""What tests are given to see what whoever watches over the service sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Lines = Callable[[], list[dict[str, Any]]]
"""Returns the lines that were logged since it was last called."""

Numbers = Callable[[], dict[str, float]]
"""Returns the metrics as they are now, by name with labels."""
