"""`callout case bridge pull|push`: tickets of Request Tracker and Zammad as cases, and how those stand told back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli.case_options import CaseArgument, moment_given
from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, new_app, print_json, tell

if TYPE_CHECKING:
    from callout.steps.bridge import Pulled, Row

group = new_app("Other ticket systems (RT, Zammad): their tickets as cases, and how these stand told back.")


def register(app: typer.Typer) -> None:
    """Adds these verbs to the group."""
    app.add_typer(group, name="bridge")


@group.command("pull")
def pull(
    bridge: Annotated[str, typer.Argument(help="rt or zammad, as callout_policy.desk.bridges names it.")],
    since: Annotated[
        str, typer.Option(help="Read what was changed since then, like 2026-11-01; default: since the last reading.")
    ] = "",
    ticket: Annotated[str, typer.Option(help="Read this one ticket only, by its id over there.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be taken, and record nothing.")] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Read tickets of another system into cases: the same ticket is one case, however often it is read.

    Tickets of nobody whom the inventory knows are set aside and listed. Exits 3 where a ticket could not be read.
    """
    from callout.steps.bridge import pull as pull_step
    from callout.steps.bridge import system_behind

    context = context_for(inventory)
    known = inventory_of(context)
    system = system_behind(context, known, bridge)
    found = pull_step(
        context, known, bridge, system, since=moment_given(since), only=_digits(ticket), dry_run=dry_run
    )  # fmt: skip
    if as_json:
        print_json({"bridge": found.bridge, "since": found.since.isoformat(), "dry_run": dry_run,
                    "whole": found.is_whole, "tickets": [_row_dict(row) for row in found.rows]})  # fmt: skip
    else:
        _show(found, dry_run=dry_run)
    if not found.is_whole:
        raise typer.Exit(3)


@group.command("push")
def push(case: CaseArgument, as_json: JsonOption = False, inventory: InventoryOption = None) -> None:
    """Tell the other system how a case stands: an internal note, and its own state where policy maps one.

    May be run again at any time: a note that is there already is not written twice.
    """
    from callout.steps.bridge import configured, system_behind
    from callout.steps.bridge_push import bridge_of
    from callout.steps.bridge_push import push as push_step
    from callout.steps.case_look import case_now

    context = context_for(inventory, must_exist=True)
    known = inventory_of(context)
    name, _ = bridge_of(case_now(context.ledger, case))
    told = push_step(context, case, system_behind(context, known, name), configured(known, name).states)
    if as_json:
        print_json({"case": told.case, "ticket": told.ticket, "words": told.words, "wrote": told.wrote,
                    "found": told.found, "state": told.state})  # fmt: skip
        return
    if told.wrote:
        print(f"{told.ticket} was told: {told.words}")
    else:
        print(f"{told.ticket} {'had been told already, and it is recorded now' if told.found else 'knows that'}.")
    if told.state:
        print(f"Its state is {told.state!r} now.")


def _digits(ticket: str) -> str:
    from callout.errors import BadInput

    if ticket and not (ticket.isascii() and ticket.isdigit() and len(ticket) < 19):
        raise BadInput("A ticket's id over there is a number.", "Like --ticket 123; Zammad shows it in the address.")
    return ticket


def _row_dict(row: Row) -> dict[str, object]:
    return {
        "ticket": row.ticket, "what": row.what, "case": row.case, "customer": row.customer, "subject": row.subject,
        "new_articles": row.news, "note": row.note,
    }  # fmt: skip


def _show(found: Pulled, *, dry_run: bool) -> None:
    from callout.views.table import columns

    told = [row for row in found.rows if row.what not in ("unchanged", "over")]
    rows = [(row.ticket, row.what, row.case, row.customer, str(row.news or ""), row.subject[:60]) for row in told]
    if rows:
        print("\n".join(columns(("Ticket", "What", "Case", "Customer", "New", "Subject"), rows, right=(4,))))
    for row in told:
        if row.note:
            tell(f"{row.ticket}: {row.note}")
    left = len(found.rows) - len(told)
    tell(
        f"{len(found.rows)} tickets changed since {found.since:%Y-%m-%d %H:%M %Z}; {left} with nothing new for us."
        f"{' Nothing was recorded.' if dry_run else ''}"
    )
