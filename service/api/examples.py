"""One example for every operation: invented people, real payers. Tests send each of them.

`path` and `query` fill in the address. Ids are those of things that are not there; tests put real ones
in their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

AN_ID = "019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
# What one may sign in with.
FOUR_WORDS, FIVE_WORDS = "cuatro palabras muy faciles", "cinco palabras muy faciles"

MEMBER = {
    "member_id": "1EG4-TE5-MK73",
    "first_name": "Ana",
    "last_name": "Prueba",
    "birth_date": "1957-03-02",
}
REQUEST = {"payer": "medicare", "member": MEMBER, "level_of_care": "iop", "start_date": "2026-12-01"}
TOLD = {
    "told_by": {
        "channel": "phone",
        "representative": "J. D.",
        "reference": "CALL-123",
        "at": "2026-11-20T15:02:00Z",
    },
    "active": True,
    "deductible": {"individual": {"limit": "283.00", "met": "0.00"}, "family": None},
}
CARE_PLANS = [
    {
        "name": "IOP, eight weeks",
        "phases": [
            {
                "level_of_care": "iop",
                "start_date": "2026-12-01",
                "weeks": 8,
                "days_per_week": 3,
                "hours_per_day": 3,
            }
        ],
    },
    {
        "name": "PHP, then IOP",
        "phases": [
            {
                "level_of_care": "php",
                "start_date": "2026-12-01",
                "weeks": 2,
                "days_per_week": 5,
                "hours_per_day": 5,
            },
            {"level_of_care": "iop", "weeks": 6, "days_per_week": 3, "hours_per_day": 3},
        ],
    },
]

AN_AUTHORIZATION = {
    "level_of_care": "iop",
    "payer": "medicare",
    "status": "approved",
    "channel": "phone",
    "number": "AUTH-77",
    "valid_from": "2026-12-01",
    "units_approved": 10,
    "unit": "day",
    "reference": "CALL-123",
}
A_CONTACT = {
    "relation": "guardian",
    "name": "Luz Prueba",
    "language": "es",
    "safe_channel": "phone",
    "phone": "305-555-0100",
    "authority": "parent",
    "consents": [
        {
            "text": "The clinic may speak to my plan about the care of my child.",
            "version": "2026-01",
            "given_on": "2026-11-20",
            "given_by": "Luz Prueba",
        }
    ],
}

A_SESSION_PAID = {
    "date_of_service": "2026-11-20",
    "level_of_care": "iop",
    "allowed": "415.00",
    "patient": "83.00",
    "deductible": "0.00",
    "copay": "0.00",
    "coinsurance": "83.00",
    "plan_paid": "332.00",
}


@dataclass(frozen=True, slots=True)
class Example:
    """What is sent to try an operation, and for the shortest answers what comes back."""

    body: Any = None
    answer: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)


_VERIFICATION = {"verification_id": AN_ID}
_CASE = {"case_id": AN_ID}
_CALL_BACK = {"case_id": AN_ID, "call_back_id": AN_ID}
_LOCAL_RULE = {"rule_id": AN_ID}
_DAY_LIST = {"list_id": AN_ID}
_BATCH = {"batch_id": AN_ID}
_WEBHOOK = {"webhook_id": AN_ID}
APPOINTMENT = {
    "time": "9:30 AM",
    "payer": "Original Medicare",
    "member_id": "1EG4-TE5-MK73",
    "first_name": "Ana",
    "last_name": "Prueba",
    "birth_date": "03/02/1957",
    "level_of_care": "IOP",
}
_CARD = _CASE | {"side": "front"}

A_QUESTION = {"payer": "medicare", "level_of_care": "iop", "age_group": "adult", "county": "Miami-Dade"}
A_VISITOR = {
    "consent": {"version": "openvob-1", "accepted": True},
    "asking_for": "child",
    "your_name": "Luz Prueba",
    "first_name": "Ana",
    "last_name": "Prueba",
    "birth_date": "2010-03-02",
    "channel": "phone",
    "phone": "305-555-0100",
    "best_time": "morning",
    "check": {**A_QUESTION, "answer": "includes"},
}

EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {
        "createVerification": Example(body=REQUEST | {"external_id": "EHR-77", "told_benefits": TOLD}),
        "listVerifications": Example(query={"payer": "medicare", "limit": "20"}),
        "searchVerifications": Example(body={"last_name": "Prueba", "birth_date": "1957-03-02"}),
        "getVerification": Example(path=_VERIFICATION),
        "tellBenefits": Example(path=_VERIFICATION, body={"told_benefits": TOLD}),
        "previewBenefits": Example(path=_VERIFICATION, body={"told_benefits": TOLD}),
        "reverify": Example(path=_VERIFICATION),
        "replayVerification": Example(path=_VERIFICATION),
        "getDocument": Example(
            path=_VERIFICATION | {"kind": "letter"}, query={"format": "html", "language": "es"}
        ),
        "comparePlans": Example(
            body={"request": {"payer": "medicare", "member": MEMBER}, "plans": CARE_PLANS}
        ),
        "getQuickCheckForm": Example(),
        "getQuickCheckChallenge": Example(query={"for": "contact"}),
        "createQuickCheck": Example(body=A_QUESTION),
        "createQuickContact": Example(body=A_VISITOR),
        "createCase": Example(body={"label": "Ana P.", "external_id": "EHR-77", "owner": "front desk"}),
        "listCases": Example(query={"status": "verifying"}),
        "getCase": Example(path=_CASE),
        "changeCase": Example(path=_CASE, body={"status": "quoted"}),
        "getTimeline": Example(path=_CASE),
        "createAuthorization": Example(path=_CASE, body=AN_AUTHORIZATION),
        "listAuthorizations": Example(path=_CASE),
        "changeAuthorization": Example(
            path=_CASE | {"authorization_id": AN_ID}, body={"absences": ["2026-12-04"]}
        ),
        "createQuote": Example(path=_CASE, body={"deposit_asked": "100.00", "language": "es"}),
        "listQuotes": Example(path=_CASE),
        "changeQuote": Example(path=_CASE | {"quote_id": AN_ID}, body={"status": "withdrawn"}),
        "createContact": Example(path=_CASE, body=A_CONTACT),
        "listContacts": Example(path=_CASE),
        "changeContact": Example(path=_CASE | {"contact_id": AN_ID}, body={"do_not_contact": True}),
        "createConfirmation": Example(path=_CASE, body={"item": "certification", "on": "2026-11-25"}),
        "listConfirmations": Example(path=_CASE),
        "getReadiness": Example(path=_CASE),
        "getHandOff": Example(path=_CASE, query={"format": "json"}),
        "listClocks": Example(),
        "takeInActuals": Example(),
        "createActual": Example(path=_CASE, body=A_SESSION_PAID),
        "listActuals": Example(path=_CASE),
        "getAccuracy": Example(query={"format": "json"}),
        "listProposedRates": Example(),
        "listCallBacks": Example(query={"limit": "20"}),
        "listCallBacksOfCase": Example(path=_CASE),
        "createCallBack": Example(
            path=_CASE, body={"due_at": "2026-12-01T14:30:00Z", "about": "Ask how many days are authorized."}
        ),
        "changeCallBack": Example(
            path=_CALL_BACK, body={"outcome": "no_answer", "due_at": "2026-12-01T18:00:00Z"}
        ),
        "createDayList": Example(body={"day": "2026-12-01", "rows": [APPOINTMENT]}),
        "listDayLists": Example(query={"day": "2026-12-01"}),
        "getReverifications": Example(query={"day": "2026-12-01"}),
        "getDayList": Example(path=_DAY_LIST),
        "mendDayRow": Example(path=_DAY_LIST | {"number": "1"}, body={"payer": "medicare"}),
        "askDayRowAgain": Example(path=_DAY_LIST | {"number": "2"}),
        "createBatch": Example(),
        "listBatches": Example(query={"limit": "20"}),
        "getBatchTemplate": Example(),
        "getBatch": Example(path=_BATCH),
        "cancelBatch": Example(path=_BATCH),
        "getBatchResults": Example(path=_BATCH, query={"format": "csv"}),
        "getBatchErrors": Example(path=_BATCH),
        "getBatchRefused": Example(path=_BATCH),
        "putCard": Example(path=_CARD),
        "getCard": Example(path=_CARD),
        "removeCard": Example(path=_CARD),
        "listPayers": Example(query={"limit": "20"}),
        "resolvePayer": Example(query={"text": "MEDICARE HEALTH INSURANCE"}),
        "getPayer": Example(path={"payer_id": "medicare"}),
        "listPlans": Example(path={"payer_id": "medigap"}, query={"query": "plan g"}),
        "findPlans": Example(query={"query": "h1036 humana", "year": "2026", "limit": "2"}),
        "listStale": Example(query={"payer": "medicare"}),
        "listImpact": Example(query={"digest": "built-in", "limit": "20"}),
        "listSources": Example(path={"payer_id": "medicare"}),
        "proposeLocalRules": Example(
            body={
                "verification_id": AN_ID,
                "plan": "silver-ppo",
                "facts": [{"level_of_care": "intensive_outpatient", "field": "prior_authorization"}],
            }
        ),
        "listLocalRules": Example(query={"status": "proposed", "limit": "20"}),
        "approveLocalRule": Example(path=_LOCAL_RULE),
        "rejectLocalRule": Example(path=_LOCAL_RULE),
        "withdrawLocalRule": Example(path=_LOCAL_RULE),
        "listMedicaidPlans": Example(query={"county": "Miami-Dade", "date": "2026-10-15"}),
        "getClinic": Example(),
        "getBenefits": Example(
            path={"payer_id": "medicare"},
            query={"level_of_care": "iop", "date_of_service": "2026-12-01", "site": "cmhc"},
        ),
        "signIn": Example(body={"name": "ana.recepcion", "password": FOUR_WORDS}),
        "getSession": Example(),
        "changePassword": Example(body={"current": FOUR_WORDS, "new": "otras palabras mas faciles"}),
        "beginSecondFactor": Example(),
        "confirmSecondFactor": Example(body={"code": "123456"}),
        "signOut": Example(),
        "listUsers": Example(),
        "createUser": Example(body={"name": "luz.recepcion", "role": "admissions", "password": FIVE_WORDS}),
        "changeUser": Example(path={"user_id": AN_ID}, body={"role": "supervisor"}),
        "listKeys": Example(),
        "createKey": Example(body={"name": "scheduling", "scopes": ["verifications:read"]}),
        "renewKey": Example(path={"key_id": AN_ID}, body={"overlap_hours": 48}),
        "revokeKey": Example(path={"key_id": AN_ID}),
        "createWebhook": Example(
            body={"url": "https://hooks.example.org/openvob", "events": ["verification.completed"]}
        ),
        "listWebhooks": Example(),
        "getWebhook": Example(path=_WEBHOOK),
        "changeWebhook": Example(path=_WEBHOOK, body={"events": ["batch.finished"]}),
        "removeWebhook": Example(path=_WEBHOOK),
        "rotateWebhookSecret": Example(path=_WEBHOOK),
        "testWebhook": Example(path=_WEBHOOK),
        "listWebhookDeliveries": Example(path=_WEBHOOK, query={"state": "failed", "limit": "20"}),
        "replayWebhookDelivery": Example(path=_WEBHOOK | {"delivery_id": AN_ID}),
        "replayWebhook": Example(path=_WEBHOOK, body={"since": "2026-11-20T15:02:00Z", "undelivered": True}),
        "listAuditEvents": Example(query={"action": "verification.read", "limit": "20"}),
        "health": Example(answer={"status": "ok"}),
        "readiness": Example(
            answer={
                "status": "ready",
                "checks": {"database": True, "migrations": True, "rulebook": True},
                "payers": [],
            }
        ),
    }
)
