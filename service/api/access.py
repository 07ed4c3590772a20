"""What the API takes and answers about who may come in: staff and sessions, keys, and the audit trail."""

from __future__ import annotations

from typing import Any

from schemas.fields import Day, Moment
from schemas.shapes import Choice, Flag, Items, Part, Shape, Text, Verbatim, Whole
from schemas.sources import moment
from service.api.results import MANY, list_of
from service.api.shapes import Id, Line, PageQuery
from service.security.passwords import LONGEST, SHORTEST
from service.security.permissions import ROLES, SCOPES
from service.store.audit import Event
from service.store.keys import ApiKey
from service.store.users import User


class AuditQuery(PageQuery):
    """What the audit trail is narrowed to; days are in UTC."""

    actor = Line(36, "The id of a client or of somebody of the staff.")
    action = Line(40, "Such as `verification.read`.")
    subject = Line(100, "The id of a record.")
    date_from = Day(metadata={"description": "The first day."})
    date_to = Day(metadata={"description": "The last day."})


class SignInSchema(Shape):
    """Who signs in."""

    name = Text(100, required=True)
    password = Verbatim(LONGEST, required=True)
    code = Verbatim(6, metadata={"description": "What the authenticator app shows, once it is set up."})


class CodeSchema(Shape):
    """What the authenticator app shows."""

    code = Verbatim(6, required=True)


class NewPasswordSchema(Shape):
    """The password there is now, and the one to be."""

    current = Verbatim(LONGEST, required=True)
    new = Verbatim(LONGEST, required=True, metadata={"minLength": SHORTEST})


class NewUserSchema(Shape):
    """Somebody to take in."""

    name = Text(100, required=True, metadata={"description": "What they sign in with."})
    role = Choice(tuple(ROLES), required=True)
    password = Verbatim(LONGEST, required=True, metadata={"minLength": SHORTEST})


class UserChangeSchema(Shape):
    """What to change of somebody; what is not given stays."""

    role = Choice(tuple(ROLES))
    disabled = Flag(metadata={"description": "Whether they can sign in no more."})
    password = Verbatim(LONGEST, metadata={"minLength": SHORTEST})
    second_factor = Flag(metadata={"description": "`false` takes it away, for one that was lost."})


class NewKeySchema(Shape):
    """A client to let in; with `origins`, the pages of a site."""

    name = Text(100, required=True, metadata={"description": "Whom the key is for."})
    scopes = Items(Choice(SCOPES), most=len(SCOPES), least=1, metadata={"description": "What it may do."})
    origins = Items(Text(300), most=20, least=1, metadata={"description": "Whose pages may use it."})
    expires_at = Moment(metadata={"description": "When it ends; never, if not given."})


class KeyRenewalSchema(Shape):
    """How long the old key opens beside the new one, and when the new one ends."""

    overlap_hours = Whole(0, 24 * 90, load_default=24)
    expires_at = Moment(metadata={"description": "When the new one ends; never, if not given."})


class UserSchema(Shape):
    """Somebody of the staff."""

    id = Id(required=True)
    name = Text(100, required=True)
    role = Choice(tuple(ROLES), required=True)
    second_factor = Flag(required=True)
    disabled = Flag(required=True)
    created_at = Moment(required=True)


class SignedInSchema(Shape):
    """Who is signed in."""

    id = Id(required=True)
    name = Text(100, required=True)
    role = Choice(tuple(ROLES), required=True)


class SessionSchema(Shape):
    """A session of staff, and when it ends."""

    user = Part(SignedInSchema(), required=True)
    scopes = Items(Text(40), most=MANY, required=True)
    second_factor = Flag(required=True)
    second_factor_needed = Flag(required=True, metadata={"description": "Nothing else can be done before."})
    idle_ends_at = Moment(required=True, metadata={"description": "When it ends if nothing is done."})
    ends_at = Moment(required=True, metadata={"description": "When it ends at the latest."})
    csrf_token = Text(300, required=True, metadata={"description": "To send as `X-CSRF-Token`."})


class EnrolmentSchema(Shape):
    """What an authenticator app needs; shown once."""

    secret = Text(64, required=True)
    uri = Text(300, required=True, metadata={"description": "The same for a QR code."})


class KeySchema(Shape):
    """A key of a client; several keys may have one client."""

    id = Id(required=True)
    client_id = Id(required=True)
    name = Text(100, required=True)
    scopes = Items(Text(40), most=MANY, required=True)
    origins = Items(Text(300), most=MANY, required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True, allow_none=True)
    revoked_at = Moment(required=True, allow_none=True)


class NewKeyAnswerSchema(KeySchema):
    """A new key, shown this once; a repeated request is not told it again."""

    key = Text(100, required=True, allow_none=True)


class AuditEventSchema(Shape):
    """Who did what with which record, when, why and from where."""

    id = Id(required=True)
    at = Moment(required=True)
    actor = Text(36, required=True)
    actor_name = Text(100, required=True)
    action = Text(40, required=True)
    subject = Text(100, required=True, allow_none=True)
    purpose = Text(16, required=True)
    address = Text(64, required=True, allow_none=True)
    request_id = Text(64, required=True, allow_none=True)


AUDIT_QUERY = AuditQuery()
SIGN_IN = SignInSchema()
CODE = CodeSchema()
NEW_PASSWORD = NewPasswordSchema()
NEW_USER = NewUserSchema()
USER_CHANGE = UserChangeSchema()
NEW_KEY = NewKeySchema()
KEY_RENEWAL = KeyRenewalSchema()
SESSION = SessionSchema()
ENROLMENT = EnrolmentSchema()
USER = UserSchema()
USER_LIST = list_of("UserListSchema", USER)
KEY_LIST = list_of("KeyListSchema", KeySchema())
NEW_KEY_ANSWER = NewKeyAnswerSchema()
AUDIT_LIST = list_of("AuditEventListSchema", AuditEventSchema())


def user_line(user: User) -> dict[str, Any]:
    """Somebody of the staff; never the password, nor the second factor's secret."""
    return {
        "id": user.id,
        "name": user.name,
        "role": user.role,
        "second_factor": user.has_second_factor,
        "disabled": user.disabled_at is not None,
        "created_at": moment(user.created_at),
    }


def key_line(key: ApiKey) -> dict[str, Any]:
    """A key; never what it is."""
    return {
        "id": key.id,
        "client_id": key.client_id,
        "name": key.name,
        "scopes": list(key.scopes),
        "origins": list(key.origins),
        "created_at": moment(key.created_at),
        "expires_at": None if key.expires_at is None else moment(key.expires_at),
        "revoked_at": None if key.revoked_at is None else moment(key.revoked_at),
    }


def audit_line(event: Event) -> dict[str, Any]:
    """A line of the audit trail."""
    return {
        "id": event.id,
        "at": moment(event.at),
        "actor": event.actor,
        "actor_name": event.actor_name,
        "action": event.action,
        "subject": event.subject,
        "purpose": event.purpose,
        "address": event.address,
        "request_id": event.request_id,
    }
