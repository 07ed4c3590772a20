"""`vob verify` and `vob compare`: answers without a database.

Where the clinic's profile has a connection to the payer, the payer is asked; nobody else ever is.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import IO, Any

import click
import orjson

from schemas.determination import add_messages, dump_outcome
from schemas.inquiry import load_inquiry
from schemas.problem import PROBLEMS, BadRequest, FieldError
from service.cli.failing import BadInput, NoAnswer, settings_needed
from service.comparison import compare
from service.config import Settings
from service.explain import LOCALES, Locale, say
from service.explain.page import Reader, print_comparison, print_verification
from service.rules import Unusable, open_desk
from service.verify import Desk, hear, known, unusable_reply, verify

FILE = click.argument("file", type=click.File("rb"))
JSON = click.option("as_json", "--json", is_flag=True, help="Print the answer as JSON instead of a page.")
LANGUAGE = click.option(
    "--language",
    type=click.Choice(LOCALES),
    default="en",
    show_default=True,
    help="Language of the sentences.",
)


@click.command("verify")
@FILE
@click.option("--reply", type=click.File("rb"), help="The payer's 271, as a portal gave it.")
@JSON
@LANGUAGE
def verify_file(file: IO[bytes], reply: IO[bytes] | None, as_json: bool, language: Locale) -> None:
    """Answer the verification request in FILE (JSON; - for standard input).

    Prints a page that can be read aloud. Nothing is stored. Nothing leaves this machine, unless the
    clinic's profile has a connection to the payer.
    """
    desk, body = open_desk_here(), read_json(file)
    if reply is not None and isinstance(body, dict):
        body = {**body, "payer_reply": {"format": "x12_271", "content": _text(reply.read())}}
    try:
        answer = _answer(desk, body)
    except BadRequest as bad:
        raise BadInput(bad.errors) from None
    if as_json:
        _print_json(add_messages(answer, say(language)))
    else:
        click.echo(print_verification(answer, Reader(language, desk.clinic.zone)), nl=False)


@click.command("compare")
@FILE
@JSON
@LANGUAGE
def compare_file(file: IO[bytes], as_json: bool, language: Locale) -> None:
    """Answer the comparison in FILE: the same member, several care plans side by side."""
    desk, body = open_desk_here(), read_json(file)
    try:
        items = compare(desk, body)
    except BadRequest as bad:
        raise BadInput(bad.errors) from None
    if as_json:
        _print_json({"items": [add_messages(item, say(language)) for item in items]})
    else:
        click.echo(print_comparison(items, Reader(language, desk.clinic.zone)), nl=False)


def open_desk_here() -> Desk:
    """Return the desk that the settings of this machine make; raises `NoAnswer`."""
    try:
        with settings_needed():
            return open_desk(Settings.from_env())
    except Unusable as error:
        raise NoAnswer(str(error)) from None


def read_json(file: IO[bytes]) -> Any:
    """Return the JSON in a file; raises `BadInput`."""
    try:
        return orjson.loads(file.read())
    except orjson.JSONDecodeError:
        raise BadInput([FieldError("", "malformed_body", f"{PROBLEMS['malformed_body'][1]}.")]) from None


def _answer(desk: Desk, body: Any) -> dict[str, Any]:
    at = datetime.now(UTC)
    inquiry, warnings = load_inquiry(body, known(desk, at))
    if inquiry.as_of is not None:
        message = "as_of needs the rulebooks that a running service keeps; leave it out, or ask the service."
        raise BadRequest([FieldError("/as_of", "no_rulebook_in_use", message)])
    hearing = hear(desk, inquiry, at=at)
    error = unusable_reply(desk, inquiry, hearing, at)
    if error is not None:
        raise BadRequest([error])
    outcome = verify(desk, inquiry, at=at, warnings=warnings, hearing=hearing)
    request = {name: value for name, value in body.items() if name != "payer_reply"}
    return {"status": outcome.status, "request": request, **dump_outcome(outcome)}


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _print_json(answer: Any) -> None:
    click.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2))
