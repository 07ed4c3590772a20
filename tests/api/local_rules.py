"""A clinic's own rules, for tests: what an invented letter says of a payer that is published, too."""

from __future__ import annotations

from pathlib import Path

AETNA = """\
payer: {id: aetna, name: Aetna, line_of_business: commercial}
sources:
  letter: {title: An invented letter, url: null, published: null, retrieved: 2026-02-03, confidence: primary}
services:
  intensive_outpatient:
    prior_authorization: [{from: 2026-01-01, value: notification, source: letter, at: "p. 2"}]
examples:
  - name: An authorization is not asked for, only told
    ask: {level_of_care: intensive_outpatient, date_of_service: 2026-03-02}
    expect: {prior_authorization: notification}
"""
ASKED = {
    "payer": "aetna",
    "site": "cmhc",
    "member": {
        "member_id": "W123456789",
        "first_name": "Ana",
        "last_name": "Prueba",
        "birth_date": "1990-03-02",
    },
    "level_of_care": "iop",
    "start_date": "2026-03-02",
}


def write_set(directory: Path, text: str = AETNA) -> Path:
    """Write a set that can be laid over the built-in rules."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "aetna.yaml").write_text(text, encoding="utf-8")
    return directory
