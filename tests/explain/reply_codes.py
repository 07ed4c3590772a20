"""Says which codes can stand where those of live replies are put together, read from their sources."""

from __future__ import annotations

import ast
from pathlib import Path

from payers.errors import PayerRefused, PayerUnreachable
from payers.x12.codes import OF_A_LOOP, PAYER_SETUP, REJECTIONS
from payers.x12.witness import TELLING

ROOT = Path(__file__).resolve().parents[2]
HEARING, MEMBER = "service/hearing.py", "payers/x12/member.py"
WITNESS, LEVEL = "payers/x12/witness.py", "payers/x12/level.py"


def texts_of(source: str, *, within: str | None = None) -> tuple[str, ...]:
    """Return the text constants of a source, or of its calls of one name, in the order of the alphabet."""
    nodes: list[ast.AST] = [ast.parse((ROOT / source).read_text(encoding="utf-8"))]
    if within is not None:
        calls = (node for node in ast.walk(nodes[0]) if isinstance(node, ast.Call))
        nodes = [call for call in calls if ast.unparse(call.func) == within]
    inner = (part for node in nodes for part in ast.walk(node))
    texts = {part.value for part in inner if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return tuple(sorted(texts))


def _codes_of(source: str, beginning: str) -> tuple[str, ...]:
    """Return the whole codes of a source that begin in one way; beginnings to be completed end in `_`."""
    return tuple(text for text in texts_of(source) if text.startswith(beginning) and not text.endswith("_"))


FAILURES = tuple(
    dict.fromkeys(
        (
            *(f"payer_{reason}" for reason in PayerUnreachable.REASONS),
            *(f"payer_refused_{reason}" for reason in PayerRefused.REASONS),
            *_codes_of(HEARING, "payer_"),
        )
    )
)
REJECTED = tuple(
    f"rejected_{kind}"
    for kind in sorted({kind for _, kind in REJECTIONS.values()} | {*OF_A_LOOP.values(), PAYER_SETUP})
)
ODD_MEMBERS = _codes_of(MEMBER, "reply_")
ODD_LINES = tuple(f"reply_{code}" for code in sorted(TELLING))
HINTS = tuple(f"reply_hint_{kind}" for kind in texts_of(LEVEL, within="Hint"))
TITLES = tuple(text for text in texts_of(WITNESS) if text.startswith("Eligibility reply"))

LIVE: dict[tuple[str, str], tuple[str, ...]] = {
    ("hearing", "failure or ADAPTER_FAILED"): FAILURES,
    ("member", "code"): ODD_MEMBERS,
    ("witness", "f'rejected_{kind}'"): REJECTED,
    ("witness", "f'reply_{odd.code}'"): ODD_LINES,
    ("witness", "f'reply_hint_{hint.kind}'"): HINTS,
}
