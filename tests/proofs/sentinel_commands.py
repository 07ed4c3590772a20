"""The command line with marked people on its standard input: what it says on standard error holds none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import orjson

from payers.sandbox.reply import write_271
from tests.payers.sandbox.asking import inquiry_about
from tests.proofs.marks import Marked
from tests.proofs.sentinel_doors import known_to_the_payer, request_about
from tests.proofs.sentinel_run import Found, Run
from tests.proofs.serving import run_command

PLACE = "standard error of commands, and what failing ones print"


def run_commands(
    run: Run, environment: Mapping[str, str], found: Found, today: date
) -> Counter[tuple[str, int]]:
    """Run every command that is given people; return how often each ended with which code."""
    ended: Counter[tuple[str, int]] = Counter()
    for number in range(run.turns):
        marked = Marked(number)
        for words, given in _commands(marked, today):
            done = run_command(run.installation, words, given, environment)
            name = f"vob {' '.join(words)}".replace(marked.word, "MARK")
            ended[name, done.returncode] += 1
            found.look_into(PLACE, done.stderr, name)
            if done.returncode:
                found.look_into(PLACE, done.stdout, name)
    return ended


def _commands(marked: Marked, today: date) -> Iterator[tuple[tuple[str, ...], bytes]]:
    """Yield words of commands, and what stands on standard input."""
    name = marked.person.last_name or ""
    live = request_about(marked, "cigna", today)
    body = {**live, "live": False}
    asked = replace(inquiry_about(marked.person), date_of_service=today)
    reply = write_271(known_to_the_payer(marked.number), asked, datetime.now(UTC))
    plans = [{"name": name, "phases": [{"level_of_care": "iop", "weeks": 4}]}]
    compared = {name: body[name] for name in ("payer", "member", "start_date")}
    bad = {**body, name: name, "payer": name, "weeks": name}
    yield ("verify", "-"), orjson.dumps(live)
    yield ("verify", "-", "--json", "--language", "es"), orjson.dumps(body)
    yield ("compare", "-"), orjson.dumps({"request": compared, "plans": plans})
    yield ("write-270", "-"), orjson.dumps(body)
    yield ("read-271", "-", "--level-of-care", "iop"), reply.encode()
    yield ("read-271", "-", "--json"), reply.encode()
    yield ("verify", "-"), orjson.dumps(bad)
    yield ("verify", "-"), f'{{"{name}'.encode()
    yield ("compare", "-"), orjson.dumps({name: bad, "request": bad, "plans": [name]})
    yield ("write-270", "-"), orjson.dumps(bad)
    yield ("write-270", "-", "--payer", marked.word), orjson.dumps({**body, "member": name})
    yield ("read-271", "-"), f"ISA*{name}*{marked.birth_date:%Y%m%d}~{name}".encode()
    yield ("read-271", "-", "--level-of-care", "iop"), reply[: len(reply) // 2].encode()
