"""Every invented member of the sandbox, and how one is found."""

from __future__ import annotations

from types import MappingProxyType

from payers.sandbox.insured import INSURED
from payers.sandbox.member import Member
from payers.sandbox.public import PUBLIC
from payers.sandbox.refused import REFUSED
from payers.sandbox.troubled import TROUBLED

ROSTER: tuple[Member, ...] = (*INSURED, *PUBLIC, *REFUSED, *TROUBLED)

BY_KEY = MappingProxyType({member.key: member for member in ROSTER})
BY_MEMBER_ID = MappingProxyType({str(member.person.member_id): member for member in ROSTER})
