"""A determination alone, for more and more sessions: its cost is to grow with them, and no faster."""

from __future__ import annotations

from datetime import UTC, datetime

from bench.asked import NOW, ROOT, TOLD_REQUEST
from bench.measure import remark, show, time_in_turn
from payers.rulebook import load_rulebook
from schemas.inquiry import load_inquiry
from service.clinic import load_clinic
from service.verify import Desk, known, verify

EPISODES = {24: (8, 3), 120: (40, 3), 480: (96, 5)}


def main() -> None:
    """Print microseconds a determination, and a session, by the length of the episode."""
    desk = Desk(load_rulebook(), load_clinic(ROOT / "clinic.example.yaml"))
    subjects = {}
    for sessions, (weeks, days) in EPISODES.items():
        asked = {**TOLD_REQUEST, "weeks": weeks, "days_per_week": days}
        inquiry, warnings = load_inquiry(asked, known(desk, NOW))
        answer = verify(desk, inquiry, at=NOW, warnings=warnings)
        if answer.determination.estimate.sessions != sessions:
            raise SystemExit(f"{sessions} sessions were asked for")
        if answer.determination.estimate.low != answer.determination.estimate.high:
            raise SystemExit("every input was to be told")
        subjects[str(sessions)] = lambda inquiry=inquiry: verify(desk, inquiry, at=NOW)
    times = time_in_turn(subjects, calls=20)
    show(
        f"Determination, witnesses included ({datetime.now(UTC):%Y-%m-%d})",
        [
            (f"{name} sessions", f"{taken:,.0f} µs", f"{taken / int(name):.1f} µs a session")
            for name, taken in times.items()
        ],
    )
    grown = (times["480"] - times["120"]) / 360 / ((times["120"] - times["24"]) / 96)
    remark(f"a session more costs {grown:.2f} times as much between 120 and 480 as between 24 and 120")


if __name__ == "__main__":
    main()
