"""What every verb shares: the inventory option, the context, and how an error becomes an exit status."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from access_check.errors import AccessCheckError
from access_check.escaping import shown
from access_check.spoken import Spoken
from callout.errors import CalloutError, Refused
from callout.steps.context import Context

if TYPE_CHECKING:
    from callout.inventory import Inventory

InventoryOption = Annotated[
    Path | None,
    typer.Option("--inventory", "-i", help="Inventory folder or file; default from ansible.cfg.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Data for programs, with schema_version.")]

SCHEMA_VERSION = 1
# What typer, too, makes of Ctrl-C, without a word.
INTERRUPTED = 130
LONGEST_SENTENCE = 4000


def new_app(help_text: str, *, completion: bool = False) -> typer.Typer:
    """A group of verbs that behaves like all others: no colour boxes, no tracebacks, help without a command.

    `completion` is for the command itself: it offers --install-completion.
    """
    return typer.Typer(
        help=help_text,
        no_args_is_help=True,
        add_completion=completion,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


def context_for(inventory: Path | None, *, must_exist: bool = False) -> Context:
    """The Context of this run; see `real_context`. Loads no inventory."""
    from callout.steps.world import real_context

    return real_context(inventory, must_exist=must_exist)


def inventory_of(context: Context, limit: str | None = None) -> Inventory:
    """The validated inventory (half a second: Ansible reads it). Raises BadInput naming file and key."""
    from callout.inventory import load_inventory

    return load_inventory(context.places, limit)


def print_json(data: dict[str, Any]) -> None:
    """Data on standard output, `schema_version` first; pure ASCII, so that no terminal is told anything."""
    print(json.dumps({"schema_version": SCHEMA_VERSION, **data}, indent=2))


def tell(sentence: str) -> None:
    """A sentence for the person, on standard error: one line, in which nothing moves the cursor."""
    with suppress(OSError):  # where standard error cannot be written either the exit status is all there is
        print(shown(sentence, LONGEST_SENTENCE), file=sys.stderr)


class GivenBack(SystemExit):
    """The exit status of another program, given back as it is: 130 there is no interrupt here."""


def guarded(command: Callable[[], Any]) -> int:
    """Runs the command line and gives back its exit status; what a user can cause shows no traceback.

    A status of its own stays where standard output cannot be written: 11 says more than that.
    """
    spoken = Spoken()
    status = _ended(command, spoken)
    if lost := spoken.lost():
        tell(f"callout: {lost}")
        tell("  What was recorded stays recorded: see callout list and callout show before anything is run again.")
        status = status or 1
    spoken.close()
    return status


def _ended(command: Callable[[], Any], spoken: Spoken) -> int:
    try:
        command()
    except SystemExit as end:
        if end.code == INTERRUPTED and not isinstance(end, GivenBack):
            tell("Interrupted. What was recorded stays recorded; run the same command again.")
        return end.code if isinstance(end.code, int) else (0 if end.code is None else 2)
    except (CalloutError, AccessCheckError) as error:
        return _told(error)
    except KeyboardInterrupt:
        tell("Interrupted. What was recorded stays recorded; run the same command again.")
        return INTERRUPTED
    except Exception as error:
        if isinstance(error, OSError) and spoken.lost():
            return 1
        if os.environ.get("CALLOUT_DEBUG"):
            raise
        tell(f"callout: our own fault: {type(error).__name__}. Run again with CALLOUT_DEBUG=1 and report it.")
        return 1
    return 0


def _told(error: CalloutError | AccessCheckError) -> int:
    tell(f"callout: {error.message}")
    if isinstance(error, Refused):
        for reason in error.reasons:
            tell(f"  - {reason.get('check')}: {reason.get('seen')} {reason.get('remedy', '')}".rstrip())
    if error.hint:
        tell(f"  {error.hint}")
    return error.exit_status
