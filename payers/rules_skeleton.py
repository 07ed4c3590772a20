"""What a new payer's file begins as: every part that is needed, empty, with a word on what goes there."""

from __future__ import annotations

from datetime import date

SKELETON = """\
# yaml-language-server: $schema=../../docs/payer-file.schema.json
# Fill in what stands empty, and take out what no document says: then the answer asks.
# `vob rules check` says what is still to be done, by line. The words: docs/rules-format.md
payer:
  id: {payer_id}
  name: ""                  # as it calls itself
  aliases: [""]             # as people call it, and as cards print it
  line_of_business: ""      # medicare medicare_advantage medigap medicaid marketplace commercial tricare fehb

sources:                    # one for each document, under a short name that values refer to
  manual:
    title: ""               # Payer: name of the document (its edition)
    url: ""                 # https://...
    published:              # 2026-01-01, or null where it has no date
    retrieved: {today}   # the day on which you read it
    confidence: primary     # secondary: somebody else says that the payer says so

facts:
  contact:
    # at: the page or the section
    - {{from: 2026-01-01, value: {{name: "", phone: ""}}, source: manual, at: ""}}

services:                   # outpatient intensive_outpatient partial_hospitalization residential inpatient
  intensive_outpatient:
    covered:
      - {{from: 2026-01-01, value: true, source: manual, at: ""}}
    prior_authorization:    # required, notification or not_required
      - {{from: 2026-01-01, value: required, source: manual, at: ""}}

examples:                   # a question, and what the file says to it; one at least
  - name: ""                # a sentence
    ask: {{level_of_care: intensive_outpatient, date_of_service: 2026-03-02}}
    expect: {{coverage: covered, prior_authorization: required}}
"""


def skeleton(payer_id: str, today: date) -> str:
    """Return the text of a new payer's file."""
    return SKELETON.format(payer_id=payer_id, today=today.isoformat())
