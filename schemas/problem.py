"""How the service says no: problem documents (RFC 9457), and every bad field of a body at once.

A field error has a JSON pointer, a stable code and a sentence that names the field and the fix. No
sentence ever repeats what the caller sent: a value may be a member's. `docs/api-errors.md` lists the
codes; a test keeps it equal to the tables here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, ValidationError

ERROR_CODES: Mapping[str, str] = {
    # one field
    "required": "The field is missing.",
    "null_not_allowed": "The field is null where a value is needed; leave it out if there is nothing to say.",
    "unknown_field": "No such field; the message lists the fields there are.",
    "not_an_object": "A JSON object is needed here.",
    "not_a_list": "A list is needed here.",
    "wrong_length": "The list has too few or too many entries.",
    "not_text": "Text in quotes is needed here.",
    "too_long": "The text is longer than the field takes.",
    "empty": "The text is empty or blank.",
    "control_characters": "The text holds characters that cannot be shown.",
    "not_a_choice": "The value is none of those that the message lists.",
    "not_a_whole_number": "A whole number is needed here, without quotes and without a fraction.",
    "out_of_range": "The number is too small or too large.",
    "not_a_boolean": "true or false is needed here, without quotes.",
    "not_exact_money": "Money is a decimal string with exactly two places, never a number.",
    "not_exact_rate": "A rate is a decimal string from 0 to 1, never a number.",
    "not_a_date": "A real day written YYYY-MM-DD is needed here.",
    "not_a_month_and_day": "A day of every year, written MM-DD, is needed here.",
    "not_a_time": "A time as RFC 3339 writes it is needed here.",
    "time_without_zone": "The time does not say its zone.",
    "not_a_time_of_day": "A time of day written 14:30 or 2:30 PM is needed here.",
    "not_hours": "Hours are a number, or a decimal in quotes.",
    "hours_out_of_range": "Hours a day are more than 0 and at most 24.",
    "not_whole_minutes": "Hours a day must come to whole minutes.",
    "given_twice": "The parameter stands in the address more than once.",
    "not_valid": "The value is not valid for a reason that has no code of its own.",
    # payer, site, member
    "unknown_payer": "The rulebook has no such payer; the message names the nearest ids.",
    "unknown_site": "The clinic's profile has no such site; the message names the nearest ids.",
    "whole_member_id": "The text looks like a whole member id, and a name or a prefix is needed here.",
    "member_id_shape": "The member id does not have the shape that this payer prints on its cards.",
    "birth_date_in_future": "The birth date has not come yet.",
    "birth_date_too_early": "The birth date is more than 130 years ago.",
    "birth_after_start": "The birth date is after the first day of care.",
    # several coverages
    "coverage_given_twice": "A list of coverages and a field of the short form were both given.",
    "employer_size_unclear": "An employer's size is a number of employees, or a span of them.",
    # the care asked for
    "care_missing": "Neither a level of care nor phases were given; one of the two is needed.",
    "care_given_twice": "Phases and fields of a single phase were both given; only one is possible.",
    "start_date_missing": "The first phase does not say when it starts.",
    "start_date_too_far": "The start date is more than two years from today.",
    "phases_run_backwards": "A phase starts before the phase that it follows.",
    "phases_overlap": "A phase starts before the phase that it follows has ended.",
    "weeks_missing": "Residential and inpatient phases need their weeks.",
    "every_day_needed": "Residential and inpatient phases have one unit a day, every day.",
    "weekdays_do_not_match": "The number of weekdays is not the number of days a week.",
    "weekday_repeated": "The same weekday is given twice.",
    # what is kept here
    "not_an_id": "An id has the shape that the service gives its ids.",
    "unknown_case": "No case with this id is kept here.",
    "no_rulebook_in_use": "No rulebook was in use here yet on that day.",
    "search_unclear": "The search names nothing to look for.",
    # what a case holds
    "nothing_verified": "Nothing was verified yet that this could be made of.",
    "may_not_collect": "More is asked for than may be collected from this patient.",
    "more_than_estimated": "More is asked for than the care is expected to cost.",
    "membership_not_confirmed": "Nobody confirmed the membership yet.",
    "not_approved_yet": "What nobody approved yet is given to nobody.",
    "quote_is_approved": "What was approved is not changed any more.",
    # what was paid
    "service_in_future": "The date of service has not come yet.",
    "more_than_allowed": "The patient's amount is more than was allowed.",
    "less_than_its_parts": "The patient's amount is less than deductible, copay and coinsurance together.",
    "case_not_named": "A row names its case by another system's id or by the id it has here.",
    "actuals_not_readable": "Nothing of the file can be read; the message says why.",
    # the clinic's memory
    "not_told": "The payer told nothing of this for the verification.",
    "told_too_long_ago": "It was told too long ago to be remembered.",
    "names_the_member": "What a plan is called holds a name or a number of the member.",
    # staff and keys
    "weak_password": "The password is too short, too simple, or holds the name.",
    "wrong_password": "The password is not the one there is now.",
    "wrong_code": "The code is not the one that the authenticator app shows now.",
    "not_an_origin": "An origin is a scheme and a host, without a path: https://clinic.example.",
    "not_an_address": "An address to be told of events is https, without a user name and without `#`.",
    "address_not_public": "The address leads into a private or reserved network.",
    "not_for_a_site": "A site key stands in a page for anybody to read, and can be given less than that.",
    "in_the_past": "The time is over already.",
    # a reply that was brought along
    "reply_not_readable": "The payer's reply is not a whole 271; the message says why.",
    "reply_of_another_member": "The payer's reply is about somebody else than the member.",
    # a picture of a card
    "picture_format": "The picture is neither JPEG, PNG nor WebP.",
    "picture_broken": "The picture cannot be opened to its end.",
    "picture_too_large": "The picture has more points than can be opened.",
    # what a visitor of the clinic's website sends
    "looks_automated": "A field that people do not see is filled in.",
    "not_a_phone": "A telephone number with its area code is needed here.",
    "not_an_email": "An e-mail address is needed here.",
    "consent_not_given": "Nothing is kept without consent.",
    "consent_outdated": "The text that was agreed to is not the one that is shown now.",
    # what was told
    "ends_before_start": "A coverage or another span ends before it begins.",
    # a batch and its rows
    "batch_not_readable": "No row of a batch can be read, or it has too many; the message says why.",
    "row_not_readable": "The row of a batch is not what its file begins with: columns, or JSON.",
}

PROBLEMS: Mapping[str, tuple[int, str]] = {
    "malformed_body": (400, "The body is not JSON that can be read"),
    "bad_query": (400, "A parameter of the address cannot be used"),
    "bad_header": (400, "A header cannot be used"),
    "not_authenticated": (401, "A valid API key or a session is needed"),
    "second_factor_needed": (401, "A code of the second factor is needed too"),
    "not_allowed": (403, "This caller may not do that"),
    "csrf_token_missing": (403, "What is changed with a session needs its X-CSRF-Token"),
    "not_found": (404, "There is nothing here"),
    "method_not_allowed": (405, "This address does not take that method"),
    "not_acceptable": (406, "The answer cannot be given in that form"),
    "conflict": (409, "The request is at odds with what is there now"),
    "precondition_failed": (412, "It has changed since you read it"),
    "body_too_large": (413, "The body is too large"),
    "unsupported_media_type": (415, "The body must be application/json"),
    "invalid_fields": (422, "Some fields cannot be used as they are"),
    "proof_missing": (422, "A site's visitor needs a proof of work"),
    "proof_wrong": (422, "The proof of work is wrong, over or used"),
    "idempotency_key_reused": (422, "The idempotency key was used with another body"),
    "too_many_requests": (429, "Too many requests"),
    "try_again_shortly": (429, "Sent faster than a person fills it in"),
    "internal_error": (500, "Something went wrong on our side"),
    "unavailable": (503, "The service cannot answer just now"),
}

# Keys of a body are named in errors only where they look like names of fields, not like data.
_NAME = re.compile(r"[a-z][a-z_]{0,39}")


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing to mend in a body: where (a JSON pointer), which code, and a sentence with the fix."""

    pointer: str
    code: str
    message: str


class BadRequest(Exception):
    """A body that cannot be used, with every error it has; never with a value of it."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = tuple(sorted(errors, key=_order))
        super().__init__("; ".join(f"{error.pointer or '/'}: {error.code}" for error in self.errors))


def problem(
    code: str, detail: str | None = None, *, instance: str | None = None, errors: Sequence[FieldError] = ()
) -> dict[str, Any]:
    """Return the problem document of a code in `PROBLEMS`, with the errors of a bad body if there are any."""
    status, title = PROBLEMS[code]
    document: dict[str, Any] = {
        "type": f"urn:openvob:problem:{code.replace('_', '-')}",
        "title": title,
        "status": status,
        "detail": detail or f"{title}.",
        "instance": instance,
    }
    if errors:
        document["errors"] = [
            {"pointer": error.pointer, "code": error.code, "message": error.message} for error in errors
        ]
    return document


@dataclass(slots=True)
class Complaints:
    """The errors found so far in one body, below `root`."""

    root: str = ""
    found: list[FieldError] = field(default_factory=list)

    def add(self, pointer: str, code: str, predicate: str) -> None:
        """Add an error; the predicate completes a sentence that begins with the field's name."""
        place = self.root + pointer
        self.found.append(FieldError(place, code, f"{_label(place)} {predicate}."))

    def raise_any(self) -> None:
        """Raise `BadRequest` with all errors, if there are any."""
        if self.found:
            raise BadRequest(self.found)


def read_shape(schema: Schema, data: Any, complaints: Complaints) -> dict[str, Any]:
    """Load data with a schema and return what of it is valid; the rest becomes complaints."""
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ValidationError as error:
        for pointer, message in _walk(error.messages, ""):
            code, _, predicate = str(message).partition(": ")
            known = code in ERROR_CODES and predicate
            complaints.add(pointer, *((code, predicate) if known else ("not_valid", "is not valid")))
        return error.valid_data if isinstance(error.valid_data, dict) else {}
    return loaded


def _walk(messages: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            yield from _walk(below, _below(pointer, key))
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield pointer, message


def _below(pointer: str, key: Any) -> str:
    if key == "_schema":
        return pointer
    text = str(key)
    if not (isinstance(key, int) or _NAME.fullmatch(text)):
        return f"{pointer}/-"
    return f"{pointer}/{text.replace('~', '~0').replace('/', '~1')}"


def _label(pointer: str) -> str:
    """Name the field that a pointer leads to: `weeks`, `weekdays[1]`, or the body as a whole."""
    names = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    indexes = ""
    while names and names[-1].isdigit():
        indexes = f"[{names.pop()}]{indexes}"
    if not names:
        return "The body"
    return "A key" if names[-1] == "-" else names[-1] + indexes


def _order(error: FieldError) -> tuple[Any, ...]:
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in error.pointer.split("/"))
