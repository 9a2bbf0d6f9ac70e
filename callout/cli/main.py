"""The command `callout`: finds the verb, loads that verb only, and turns errors into exit statuses."""

from __future__ import annotations

import sys
from copy import copy
from importlib import import_module
from typing import Annotated

import typer

from access_check.short_run import done, settle
from callout.cli.shared import guarded, new_app

# verb → (module in callout.cli, True for a group of verbs with its own `app`)
VERBS = {
    "open": ("open", False),
    "list": ("list", False),
    "show": ("show", False),
    "plan": ("plan", False),
    "consent": ("consent", False),
    "accept": ("accept", False),
    "close": ("close", False),
    "inventory": ("inventory", True),
    "ledger": ("ledger", True),
    "backup": ("backup", True),
    "patch": ("patch", True),
    "ssh": ("ssh", False),
    "play": ("play", False),
    "recordings": ("recordings", True),
    "time": ("time", True),
    "bill": ("bill", True),
    "quote": ("quote", True),
    "case": ("case", True),
    "invoice": ("invoice", True),
    "report": ("report", True),
    "baseline": ("baseline", True),
    "drift": ("drift", True),
    "procedure": ("procedure", False),
    "trust": ("trust", True),
    "calendar": ("calendar", True),
}

EPILOG = (
    "Exit status: 0 well · 1 our own fault · 2 usage or bad input · 3 findings that fail · 4 warnings only · "
    "6 trust refused · 7 backup or verification failed · 8 refused by policy · 9 somebody else holds the lock · "
    "10 failed and rolled back · 11 failed and could not roll back · 130 interrupted."
)


def _show_version(wanted: bool) -> None:
    """Eager: a version is asked for without any verb."""
    if wanted:
        from callout import __version__

        typer.echo(f"callout {__version__}")
        raise typer.Exit


def build_app(wanted: str | None, below: str = "") -> typer.Typer:
    """The application with the wanted verb only, or with all of them where none is known (help, a typing error).

    Of a group of verbs likewise the one that is named `below`, if there is one. Loading one verb keeps the quick ones
    quick: the others' imports, and what typer makes of their options, cost more than their work.
    """
    app = new_app("Every call-out to a customer's telephone system: safe, provable, billable.", completion=True)

    @app.callback(epilog=EPILOG)
    def entry(
        version: Annotated[
            bool, typer.Option("--version", help="Show the version and leave.", is_eager=True, callback=_show_version)
        ] = False,
    ) -> None:
        pass  # the options are all that there is before a verb

    for verb, (module, is_group) in VERBS.items():
        if wanted is not None and verb != wanted:
            continue
        loaded = import_module(f"callout.cli.{module}")
        if is_group:
            group = copy(loaded.app)
            named = [command for command in group.registered_commands if command.name == below]
            group.registered_commands = named or group.registered_commands
            for command in group.registered_commands:
                command.epilog = EPILOG
            app.add_typer(group, name=verb, epilog=EPILOG)
        else:
            app.command(verb, epilog=EPILOG)(loaded.command)
    return app


def run() -> None:
    """Entry point of the command `callout`."""
    settle()
    wanted, below = ([word for word in sys.argv[1:] if not word.startswith("-")] + ["", ""])[:2]
    app = build_app(wanted if wanted in VERBS else None, below)
    try:
        sys.exit(guarded(lambda: app(prog_name="callout")))
    finally:
        done()
