"""Who may do what: which scope each operation needs, and which scopes each role and each kind of key has.

This is the one table. What is not in it is refused; a test walks every route with every role and every
scope and holds the service to it, and `docs/permissions.md` shows the same for people.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

OPEN = frozenset(
    {
        "health.healthz",
        "health.readyz",
        "docs.openapi",
        "docs.page",
        "session.begin",
        "console.sign_in",
        "console.begin",
        "console.static",
        "widget_files.script",
        "widget_files.part",
        "widget_files.demo",
        "widget.check",
        "widget.ask",
        "widget.contact",
    }
)
"""What anyone may call: nothing here says anything of a member or of a client."""

APPROVE_UNCONFIRMED = "quotes:override"
"""To approve a quote although nobody confirmed the membership, with a reason; no key has it."""

APPROVE_RULES = "local-rules:approve"
"""To approve what somebody else proposes that the clinic remembers of a plan; no key has it."""

METRICS = "metrics.show"
"""What a setting may open to anyone: it says nothing of a member, but something of the clinic."""

OWN_SESSION = frozenset(
    {
        "session.show",
        "session.end",
        "session.begin_second_factor",
        "session.confirm_second_factor",
        "console.home",
        "console.sign_out",
        "console.stay",
        "console.second_factor",
        "console.begin_second_factor",
        "console.confirm_second_factor",
    }
)
"""What staff may do about their own session, before their second factor too; nobody else can."""

SIGNED_IN = "signed-in"
"""What everybody has who signed in with all that is asked of them; no key has it."""

ALL_RECORDS = "records:all"
"""To see what other clients made; without it a client sees its own verifications and cases only."""

NEEDS: Mapping[str, str] = MappingProxyType(
    {
        "verifications.create": "verifications:write",
        "verifications.index": "verifications:read",
        "verifications.search": "verifications:read",
        "verifications.fetch": "verifications:read",
        "verifications.told": "verifications:write",
        "verifications.preview": "verifications:write",
        "verifications.reverify": "verifications:write",
        "verifications.replay": "verifications:read",
        "documents.fetch": "verifications:read",
        "comparisons.create": "verifications:write",
        "cases.create": "cases:write",
        "cases.index": "cases:read",
        "cases.fetch": "cases:read",
        "cases.change": "cases:write",
        "cases.timeline": "cases:read",
        "case_records.create_authorization": "cases:write",
        "case_records.list_authorizations": "cases:read",
        "case_records.change_authorization": "cases:write",
        "case_records.create_quote": "cases:write",
        "case_records.list_quotes": "cases:read",
        "case_records.change_quote": "cases:write",
        "case_records.create_contact": "cases:write",
        "case_records.list_contacts": "cases:read",
        "case_records.change_contact": "cases:write",
        "case_records.create_confirmation": "cases:write",
        "case_records.list_confirmations": "cases:read",
        "case_records.show_readiness": "cases:read",
        "case_records.show_hand_off": "cases:read",
        "case_records.list_clocks": "cases:read",
        "actuals.take_in": "cases:write",
        "actuals.create": "cases:write",
        "actuals.index": "cases:read",
        "accuracy.fetch": "cases:read",
        "accuracy.rates": "clinic:read",
        "call_backs.due": "cases:read",
        "call_backs.index": "cases:read",
        "call_backs.create": "cases:write",
        "call_backs.change": "cases:write",
        "day_lists.create": "batches:write",
        "day_lists.index": "batches:read",
        "day_lists.fetch": "batches:read",
        "day_lists.mend": "batches:write",
        "day_lists.again": "batches:write",
        "reverifications.show": "batches:read",
        "batches.create": "batches:write",
        "batches.index": "batches:read",
        "batches.show_template": "batches:read",
        "batches.fetch": "batches:read",
        "batches.results": "batches:read",
        "batches.errors": "batches:read",
        "batches.refused": "batches:read",
        "batches.cancel": "batches:write",
        "cards.put": "cases:write",
        "cards.show": "cases:read",
        "cards.remove": "cases:write",
        "payers.index": "payers:read",
        "payers.resolve": "payers:read",
        "payers.fetch": "payers:read",
        "payers.plans": "payers:read",
        "payers.benefits": "payers:read",
        "plans.index": "payers:read",
        "payers.sources": "payers:read",
        "rules.stale": "payers:read",
        "impact.index": "verifications:read",
        "quick_checks.form": "quick-checks",
        "quick_checks.challenge": "quick-checks",
        "quick_checks.create": "quick-checks",
        "quick_checks.contact": "quick-checks",
        "medicaid_plans.index": "payers:read",
        "local_rules.index": "local-rules:read",
        "local_rules.create": "local-rules:write",
        "local_rules.withdraw": "local-rules:write",
        "local_rules.approve": APPROVE_RULES,
        "local_rules.reject": APPROVE_RULES,
        "clinic.fetch": "clinic:read",
        "audit.index": "audit:read",
        "users.index": "users:read",
        "users.create": "users:write",
        "users.change": "users:write",
        "keys.index": "keys:read",
        "keys.create": "keys:write",
        "keys.renew": "keys:write",
        "keys.revoke": "keys:write",
        "webhooks.create": "webhooks:write",
        "webhooks.index": "webhooks:read",
        "webhooks.fetch": "webhooks:read",
        "webhooks.change": "webhooks:write",
        "webhooks.remove": "webhooks:write",
        "webhooks.rotate_secret": "webhooks:write",
        "webhooks.try_out": "webhooks:write",
        "webhooks.deliveries": "webhooks:read",
        "webhooks.replay_one": "webhooks:write",
        "webhooks.replay": "webhooks:write",
        "session.change_password": SIGNED_IN,
        "console.cases": "cases:read",
        "console.verify": "verifications:write",
        "console.ask": "verifications:write",
        "console.verification": "verifications:read",
        "console.arrival": "verifications:read",
        "console.told": "verifications:write",
        "console.preview": "verifications:write",
        "console.again": "verifications:write",
        "console.compare_plans": "verifications:write",
        "console.case": "cases:read",
        "console.change_case": "cases:write",
        "console.confirm": "cases:write",
        "console.case_records": "cases:read",
        "console.add_record": "cases:write",
        "console.case_record": "cases:read",
        "console.change_record": "cases:write",
        "console.show_hand_off": "cases:read",
        "console.paid": "cases:read",
        "console.add_paid": "cases:write",
        "console.paid_files": "cases:write",
        "console.take_in_actuals": "cases:write",
        "console.paid_template": "cases:read",
        "console.accuracy_page": "cases:read",
        "console.clocks": "cases:read",
        "console.document": "verifications:read",
        "console.document_pdf": "verifications:read",
        "console.document_style": "verifications:read",
        "console.morning": "batches:read",
        "console.put_up": "batches:write",
        "console.morning_template": "batches:read",
        "console.morning_progress": "batches:read",
        "console.reverified": "batches:read",
        "console.reverified_part": "batches:read",
        "console.mend_row": "batches:write",
        "console.row_again": "batches:write",
        "console.rows_again": "batches:write",
        "console.batches": "batches:read",
        "console.put_up_batch": "batches:write",
        "console.batch_template": "batches:read",
        "console.batch_file": "batches:write",
        "console.begin_batch": "batches:write",
        "console.put_away": "batches:write",
        "console.batch": "batches:read",
        "console.batch_progress": "batches:read",
        "console.batch_results": "batches:read",
        "console.batch_errors": "batches:read",
        "console.batch_refused": "batches:read",
        "console.cancel_batch": "batches:write",
        "console.add_call_back": "cases:write",
        "console.try_call_back": "cases:write",
        "console.offer_plans": "verifications:write",
        "console.payer_typed": "verifications:write",
        "console.put_up_card": "verifications:write",
        "console.remove_card": "verifications:write",
        "console.card": "cases:read",
        "console.remember": "local-rules:write",
        "console.propose": "local-rules:write",
        "console.memory_page": "local-rules:read",
        "console.decide_rule": APPROVE_RULES,
        "console.withdraw_rule": "local-rules:write",
        "console.rulebook": "payers:read",
        "console.payer": "payers:read",
        "console.impact": "verifications:read",
        "console.clinic": "clinic:read",
        "console.audit": "audit:read",
        "console.users": "users:read",
        "console.take_in": "users:write",
        "console.change_user": "users:write",
        "console.keys": "keys:read",
        "console.make_key": "keys:write",
        "console.renew_key": "keys:write",
        "console.revoke_key": "keys:write",
        "console.webhooks": "webhooks:read",
        "console.register_webhook": "webhooks:write",
        "console.webhook": "webhooks:read",
        "console.change_webhook": "webhooks:write",
        METRICS: "metrics:read",
    }
)
"""The scope that each endpoint needs."""

WORK = (
    "verifications:write",
    "verifications:read",
    "payers:read",
    "cases:*",
    "batches:*",
    "local-rules:read",
    "local-rules:write",
    "quick-checks",
)
"""What a clinic's other services need for their work; what a key may do where nothing is said."""

CLINIC = "clinic:read"
"""To read the clinic's profile, contracted rates too: for staff and keys that name it, never a site key."""

SCOPES = (*WORK, ALL_RECORDS, CLINIC, "metrics:read", "audit:read", "users:*", "keys:*", "webhooks:*")
"""Every scope that a key can be given; `cases:*` grants `cases:read` and `cases:write`."""

SITE_SCOPES = ("payers:read", "quick-checks")
"""All that a site key can be given: it stands in a page for anybody to read."""

ROLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "admissions": (*WORK, ALL_RECORDS, CLINIC),
        "supervisor": (*WORK, ALL_RECORDS, CLINIC, "audit:read", APPROVE_UNCONFIRMED, APPROVE_RULES),
        "auditor": ("audit:read", "payers:read", CLINIC),
        "administrator": ("users:*", "keys:*", "webhooks:*", "metrics:read", "payers:read", CLINIC),
    }
)
"""What each role of staff may do. Neither auditors nor administrators see a member."""


def usual_scopes(origins: Collection[str]) -> tuple[str, ...]:
    """What a new key may do where nothing is said; one that names `origins` is a site key."""
    return SITE_SCOPES if origins else WORK


def grants(scopes: Iterable[str], needed: str) -> bool:
    """Whether one of the scopes is the needed one, or all of its kind (`cases:*`)."""
    held = frozenset(scopes)
    return needed in held or f"{needed.partition(':')[0]}:*" in held


def may(endpoint: str | None, scopes: Iterable[str]) -> bool:
    """Whether these scopes open an endpoint; one that the table does not have is opened by none."""
    needed = NEEDS.get(endpoint or "")
    return needed is not None and grants(scopes, needed)
