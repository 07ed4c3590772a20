"""How a command fails: the answer could not be had (exit code 1), or the input was bad (2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, Protocol

import click

from service.config import SettingError


class FieldFault(Protocol):
    """One thing to mend in the input: where, which code, and a sentence with the fix."""

    @property
    def pointer(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...


class NoAnswer(click.ClickException):
    """The answer could not be had."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        """Say so on standard error."""
        click.echo(f"vob: {self.message}", err=True)


class BadInput(click.ClickException):
    """Input that cannot be used, with every error it has; never with a value of it."""

    exit_code = 2

    def __init__(self, errors: Sequence[FieldFault]) -> None:
        super().__init__(
            "\n".join(f"{fault.pointer or '/'}  {fault.code}  {fault.message}" for fault in errors)
        )

    def show(self, file: IO[Any] | None = None) -> None:
        """Name every field in a line of its own on standard error."""
        click.echo(self.message, err=True)


@contextmanager
def settings_needed() -> Iterator[None]:
    """Say plainly which setting cannot be used."""
    try:
        yield
    except SettingError as error:
        raise NoAnswer(str(error)) from None
