"""How a plan is called, as it is compared: marketplace and contract ids however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# A marketplace plan's id, and a variant of it: 00 off and 01 on the marketplace are the standard design.
HIOS = re.compile(r"(\d{5}[a-z]{2}\d{7})(?:-?(\d\d))?")
STANDARD_VARIANTS = (None, "00", "01")
# A Medicare contract, a plan of it, and a segment where the plan has several.
CONTRACT = re.compile(r"([hrse]\d{4})[ -]?(\d{3})(?:[ -]?(\d{1,3}))?")


def plan_key(text: str) -> str:
    """Return a plan's name or id as it is compared.

    A variant with reduced cost sharing keeps its suffix: it is not the plan whose shares are filed.
    """
    plain = " ".join(text.casefold().split())
    if (match := HIOS.fullmatch(plain)) is not None and match[2] in STANDARD_VARIANTS:
        return match[1]
    if (match := CONTRACT.fullmatch(plain)) is not None:
        segment = int(match[3] or 0)
        return f"{match[1]}-{match[2]}-{segment}" if segment else f"{match[1]}-{match[2]}"
    return plain


def index_names(names: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return the id of each plan by everything it is called; a name of two plans is the first one's."""
    index = {plan_key(plan_id): plan_id for plan_id in names}
    for plan_id, called in names.items():
        for name in called:
            index.setdefault(plan_key(name), plan_id)
    return index
