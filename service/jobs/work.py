"""All there is to do in the background: what waits in the database, and what is done by the clock.

Who does it is a matter of `OPENVOB_JOBS_ENGINE`: threads of `vob serve`, or the workers of `vob jobs work`
with `vob jobs beat` for a clock. Both call what stands here and nothing else, and both may be killed at any
moment: what was under way is found in the database again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

from service.jobs import batch_work, reverifying, schedule, worker
from service.office import Office
from service.workers import found_some

# What waits in the database, the most urgent first: each does some of it, and says whether there was any.
# To add a kind of work, write a function that leases, does and settles its own rows, and name it here.
WORK: tuple[Callable[[Office], bool], ...] = (
    worker.work_once,  # somebody sits before the list of the day
    reverifying.work_once,
    batch_work.work_once,
)


@dataclass(frozen=True, slots=True)
class Round:
    """Something that is done again and again: its name, every how many seconds, and what it does."""

    name: str
    seconds: float
    do: Callable[[Office], None]


# What is done by the clock. Each has to be cheap and may be done by several processes at once, or twice: it
# looks into the database and does what is due. To add one, write such a function and name it here; it is then
# done by the threads of `vob serve` and by `vob jobs beat` alike. The name is all that a broker is told.
ROUNDS: tuple[Round, ...] = (
    Round("re-verification", 60.0, schedule.tick),
    Round("audit-trail", 60.0, lambda office: office.sealer.wake()),  # what a killed process left unlinked
)


def work_once(office: Office) -> bool:
    """Do some of what waits, and say whether there was any."""
    return any(do_some(office) for do_some in WORK)


def go_round(office: Office, name: str) -> None:
    """Do what is done by the clock under a name; one that this version does not know is left to others."""
    for one in ROUNDS:
        if one.name == name:
            one.do(office)


def drain(current: Callable[[], Office], at_a_time: int, seconds: float, call: Callable[[], object]) -> bool:
    """Do what waits, so much at a time, until there is none or the time is up; whether it is.

    `current` returns the office with the rules in use now. As soon as something was done, others are called
    once: there may be more.
    """
    until, called = time.monotonic() + seconds, Event()

    def work(_: int) -> None:
        while time.monotonic() < until and found_some(lambda: work_once(current())):
            if not called.is_set():
                called.set()
                call()

    with ThreadPoolExecutor(at_a_time, "worker") as pool:
        list(pool.map(work, range(at_a_time)))
    return time.monotonic() >= until
