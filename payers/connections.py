"""What a live channel needs to know of one connection: its address, its forms, whom it reaches.

Connections come from the clinic's profile; credentials come from the environment and are never shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time


@dataclass(frozen=True, slots=True)
class Connection:
    """One way to payers.

    `payers` maps our payer ids to what they are called at this connection, `administrators` holds the ids
    of carve-outs it reaches. `form` is `mime` or `soap` (channel `x12`), `plans` or
    `benefits_information` (channel `clearinghouse`). `sender` and `receiver` are both the envelope's and
    the interchange's. At most `at_most` inquiries are under way at a time; work in the background begins at
    most `per_minute` and none in `quiet_hours`, such as `22:00-06:00`; `seconds` bounds one check,
    repeats included; a reply is used again for `keep_seconds`. `adapter` names a class outside the
    project (`package.module:Class`) that is used instead of the channel's own.
    """

    id: str
    channel: str
    url: str
    form: str = "mime"
    payers: Mapping[str, str] = field(default_factory=dict)
    administrators: tuple[str, ...] = ()
    sender: str = ""
    receiver: str = ""
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    test: bool = False
    at_most: int = 8
    per_minute: int | None = None
    quiet_hours: tuple[str, ...] = ()
    seconds: float = 15.0
    keep_seconds: int = 300
    adapter: str | None = None

    def is_quiet_at(self, moment: time) -> bool:
        """Whether a time of day at the clinic lies in the quiet hours; they end before their last minute."""
        now = f"{moment:%H:%M}"
        for hours in self.quiet_hours:
            begins, _, ends = hours.partition("-")
            within = begins <= now < ends if begins < ends else now >= begins or now < ends
            if within:
                return True
        return False


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a connection proves itself with: user name and password, or a key."""

    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    key: str | None = field(default=None, repr=False)
