"""`callout case due|explain`: what is to be done next, and how a deadline came about."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from access_check.errors import AccessCheckError
from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json, tell
from callout.errors import BadInput, CalloutError

if TYPE_CHECKING:
    from callout.desk.board_agenda import Agenda, Question

SHOWN = 50


class Form(StrEnum):
    """How an agenda comes out."""

    TEXT = "text"
    JSON = "json"
    NAGIOS = "nagios"
    PROMETHEUS = "prometheus"


CaseArgument = Annotated[str, typer.Argument(help="The case, like CS-000001 or CS-1.", metavar="CASE")]


def register(app: typer.Typer) -> None:
    """Adds these verbs to the group."""
    app.command("due")(due)
    app.command("explain")(explain)


def due(
    customer: Annotated[str, typer.Option(help="Only this customer's cases.")] = "",
    within: Annotated[str, typer.Option(help="Only what is missed, or will be within this time, like 4h or 90m.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Show at most so many deadlines.")] = SHOWN,
    everything: Annotated[bool, typer.Option("--all", help="Show all of them.")] = False,
    form: Annotated[Form, typer.Option("--format", help="text, json, nagios or prometheus.")] = Form.TEXT,
    zone: Annotated[str, typer.Option(help="Our time zone, like Europe/Berlin; default: this machine's.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """List deadlines of open cases, next to breach first; breached ones that nobody has justified are at the top.

    Exits 3 where something is breached without a justification or a case's clocks cannot be told, 4 where clocks only
    warn (50, 75, 90 % of the time is gone) or a breach is justified, else 0. Paused clocks never count as breached.
    With --format nagios the status is a plugin's instead: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
    """
    from callout.desk.board_agenda import Question

    chosen = Form.JSON if as_json else form
    if as_json and form not in (Form.TEXT, Form.JSON):
        raise BadInput("--json is --format json.", "Name one format.")

    def asked() -> Agenda:
        shown = 1 if chosen in (Form.NAGIOS, Form.PROMETHEUS) else None if everything else limit
        return _agenda(inventory, Question(customer, shown, _seconds(within)), by_clock=chosen is Form.PROMETHEUS)

    if chosen is Form.NAGIOS:
        raise typer.Exit(_as_plugin(asked))
    found = asked()
    _show(found, chosen, zone)
    raise typer.Exit(found.exit_status)


def explain(
    case: CaseArgument,
    clock: Annotated[str, typer.Option(help="Only this clock, like first_reply.")] = "",
    zone: Annotated[str, typer.Option(help="A time zone for the results; default: the customer's.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Say how each deadline of a case came about, step by step: rule, calendar, pauses, changes, and how it stands."""
    from callout.steps.explain_case import explain_case
    from callout.views.case_explained import explained_case_dict, explained_case_text

    context = context_for(inventory, must_exist=True)
    told = explain_case(context, inventory_of(context), case, clock, zone)
    parts = (told.case, told.clocks, told.zone)
    if as_json:
        print_json(explained_case_dict(*parts))
    else:
        print(explained_case_text(*parts))


def _agenda(inventory: Path | None, question: Question, *, by_clock: bool) -> Agenda:
    from callout.steps.board import Surroundings, agenda

    context = context_for(inventory, must_exist=True)
    around = Surroundings(context, lambda: inventory_of(context), os.environ)
    found = agenda(around, question, by_clock=by_clock)
    for note in found.notes:
        tell(f"callout: {note}")
    return found


def _show(found: Agenda, form: Form, zone: str) -> None:
    if form is Form.JSON:
        from callout.views.agenda_data import agenda_dict

        print_json(agenda_dict(found))
    elif form is Form.PROMETHEUS:
        from callout.views.agenda_prometheus import agenda_prometheus

        print(agenda_prometheus(found), end="")
    else:
        from callout.steps.zones import zone_for
        from callout.views.agenda_text import agenda_text

        print(agenda_text(found, zone_for(zone, os.environ)))


def _as_plugin(asked: Callable[[], Agenda]) -> int:
    """Prints the plugin's line. What kept us from asking is UNKNOWN there: our own statuses mean something else."""
    from callout.views.agenda_nagios import UNKNOWN, agenda_nagios, agenda_nagios_unknown, plugin_status

    try:
        found = asked()
    except (CalloutError, AccessCheckError) as error:
        said = f"{error.message} {error.hint}"
    except Exception as error:
        if os.environ.get("CALLOUT_DEBUG"):
            raise
        said = f"our own fault: {type(error).__name__}. Run again with CALLOUT_DEBUG=1 and report it."
        tell(f"callout: {said}")
    else:
        print(agenda_nagios(found))
        return plugin_status(found)
    with suppress(OSError):  # told by whoever asks at the end whether all has arrived
        print(agenda_nagios_unknown(said))
    return UNKNOWN


def _seconds(within: str) -> int | None:
    if not within:
        return None
    from callout.worklog.moments import seconds_of

    return seconds_of(within, "--within")
