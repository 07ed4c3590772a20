"""What the channels share whose replies can be told as lines of a 271, whatever form they come in."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from payers.base import Ask, Capabilities, Heard, Reply
from payers.errors import UnknownPayer
from payers.http import HttpAdapter
from payers.x12.model import Reading
from payers.x12.status import rejects_patient
from payers.x12.witness import make_reply, says_try_later
from schemas.model import Person
from schemas.people import plain_id


class EligibilityAdapter(HttpAdapter):
    """Asks about one member, and reads replies that `reading` turns into lines.

    `echoes_trace` says whether a reply brings our trace number back, so that it can be held against it.
    """

    capabilities: ClassVar[Capabilities] = Capabilities(
        witness="reported",
        tells=frozenset({"eligibility", "accumulators", "coverage", "prior_authorization", "cost_share"}),
        needs=frozenset({"member_id", "last_name", "first_name", "birth_date"}),
    )
    echoes_trace: ClassVar[bool] = True

    @abstractmethod
    def reading(self, text: str) -> Reading:
        """Return what stands in a reply; raises `UnreadableReply`."""

    def says_later(self, text: str) -> bool:
        """Say whether the payer could not answer now, and asks for nothing else."""
        return says_try_later([self.reading(text)])

    def keeps(self, text: str) -> bool:
        """Say whether a reply is worth keeping: one that rejects nothing, and is whole."""
        return not any(
            found.broken or any(map(rejects_patient, found.rejections))
            for found in self.reading(text).transactions
        )

    def read(self, raw: tuple[Heard, ...], ask: Ask) -> Reply:
        """Return what the replies say together."""
        readings = [self.reading(heard.text) for heard in raw]
        return make_reply(readings, ask, raw, echoes_trace=self.echoes_trace)

    def payer_id(self, ask: Ask) -> str:
        """Return what whoever is asked is called at this connection; raises `UnknownPayer`."""
        if ask.administrator is not None and ask.administrator.id:
            return ask.administrator.id
        if ask.payer.id not in self.connection.payers:
            raise UnknownPayer(ask.payer.id)
        return self.connection.payers[ask.payer.id]


def find_people(member: Person) -> tuple[Person, Person | None]:
    """Return the subscriber and, where the member is one, the dependent.

    A dependent has no id of their own: whoever has one is asked about as a subscriber.
    """
    holder = member.subscriber
    if member.relationship == "self" or holder is None or not holder.member_id:
        return member, None
    own = plain_id(member.member_id or "")
    if own and own != plain_id(holder.member_id):
        return member, None
    return holder, member
