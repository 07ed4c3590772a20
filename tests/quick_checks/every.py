"""What is told of every payer, kind of care and age: worked out once for all tests that read it."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

from schemas.quick_check import AGE_GROUPS, LEVELS, NOT_SURE
from service.quick_checks import telling
from tests.verify.desk import NOW, desk


@cache
def every_answer() -> list[dict[str, Any]]:
    """The English answers about every payer of the rulebook, in one county."""
    return [
        telling.tell_answer(
            desk(),
            {
                "payer": payer,
                "plan_type": NOT_SURE,
                "level_of_care": level,
                "age_group": age,
                "county": "Orange",
            },
            "en",
            NOW,
        )
        for payer, level, age in product(desk().rulebook.payer_ids, (*LEVELS, NOT_SURE), AGE_GROUPS)
    ]
