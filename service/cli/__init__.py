"""The command line `vob`. A command is imported when it is called, so that each starts as fast as it can.

Exit codes: 0 done; 1 the answer could not be had; 2 bad input, with every error of it on standard error.
"""

from __future__ import annotations

from types import MappingProxyType

import click

from service.cli.failing import NoAnswer
from service.cli.later import Commands

# Name of a command, the module it stands in, and its name there.
COMMANDS = MappingProxyType(
    {
        "serve": ("service.cli.serving", "serve"),
        "verify": ("service.cli.answering", "verify_file"),
        "compare": ("service.cli.answering", "compare_file"),
        "batch": ("service.cli.batches", "batch"),
        "read-271": ("service.cli.interchange", "read_271_file"),
        "write-270": ("service.cli.interchange", "write_270_file"),
        "jobs": ("service.cli.jobs", "jobs"),
        "sandbox": ("service.cli.sandbox", "sandbox"),
        "payers": ("service.cli.payers", "payers"),
        "rules": ("service.cli.rulebook", "rules"),
        "plans": ("service.cli.plans", "plans"),
        "actuals": ("service.cli.actuals", "actuals"),
        "accuracy": ("service.cli.actuals", "accuracy"),
        "medicaid-plans": ("service.cli.medicaid_plans", "medicaid_plans"),
        "keys": ("service.cli.keys", "keys"),
        "webhooks": ("service.cli.webhooks", "webhooks"),
        "users": ("service.cli.users", "users"),
        "audit": ("service.cli.administration", "audit"),
        "hold": ("service.cli.keeping", "hold"),
        "purge": ("service.cli.keeping", "purge"),
        "db": ("service.cli.administration", "database"),
    }
)


class AllCommands(Commands):
    """What is done with a fault, whichever command it happened in."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a fault of ours says where it happened, and nothing of what it was about."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except OSError as error:
            raise NoAnswer(f"{error.strerror}: {error.filename}") from None
        except Exception as error:
            raise NoAnswer(_said_of(error)) from None


def _said_of(error: Exception) -> str:
    # Only a command that failed has the time to load what it is compared with.
    from service.store.session import Unavailable

    if isinstance(error, Unavailable):
        return f"the database does not answer just now ({error.kind}); try again."
    return f"Something went wrong on our side ({_place_of(error)})."


def _place_of(error: Exception) -> str:
    """Return the kind of an error and where it happened: its message may hold a member's data."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    where = f", {last.tb_frame.f_globals['__name__']}:{last.tb_lineno}" if last is not None else ""
    return f"{type(error).__name__}{where}"


@click.command(
    cls=AllCommands,
    places=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="openvob", message="%(version)s")
def main() -> None:
    """OpenVOB: is this care covered, does it need prior authorization, and what will it cost?"""
