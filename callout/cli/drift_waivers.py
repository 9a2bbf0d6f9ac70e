"""`callout drift waive|waivers|end-waiver`: a change that may stay for a time, and on whose word."""

from __future__ import annotations

from typing import Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json
from callout.errors import BadInput

ReasonOption = Annotated[str, typer.Option(help="Why, in one line; the customer may read it.")]


def register(app: typer.Typer) -> None:
    """Adds these verbs to the group."""
    app.command("waive")(waive_finding)
    app.command("waivers")(list_waivers)
    app.command("end-waiver")(end)


def waive_finding(
    finding: Annotated[str, typer.Argument(help="The finding, like D-0123456789; none with --match.")] = "",
    system: Annotated[str, typer.Option(help="The system; needed with --match.")] = "",
    section: Annotated[str, typer.Option(help="With --match: of this section, like files or cron.")] = "",
    match: Annotated[str, typer.Option("--match", help="All whose subject matches, like /etc/motd*.")] = "",
    ticket: Annotated[str, typer.Option(help="The ticket in which that was agreed.")] = "",
    reason: ReasonOption = "",
    until: Annotated[str, typer.Option(help="Last day, like 2026-12-31, in the customer's time zone.")] = "",
    callout: Annotated[str, typer.Option(help="The call-out that it belongs to.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Let a change stay until a day. It is told all the same, and speaks again afterwards."""
    from callout.steps.drift_report import look_with_finding
    from callout.steps.waivers import waive
    from callout.worklog.offer import last_second

    if not until:
        raise BadInput("A waiver ends one day.", "Give it with --until, like 2026-12-31.")
    if bool(finding) == bool(match):
        raise BadInput("A waiver is for one finding, or for --match with --section.", "Give one of the two.")
    context = context_for(inventory, must_exist=True)
    name = look_with_finding(context.ledger, finding).system if finding else system
    found = inventory_of(context).system(name)
    event = waive(
        context,
        found,
        finding=finding,
        section=section,
        subject=match,
        ticket=ticket,
        reason=reason,
        until=last_second(until, found.customer.time_zone),
        callout=callout,
    )
    if as_json:
        print_json({"event": event.as_dict()})
    else:
        print(f"Waived on {name} until {event.body['expires_at'][:10]}: {finding or match}. Waiver {event.id}.")


def list_waivers(
    system: Annotated[str, typer.Argument(help="Of this system only.", metavar="[SYSTEM]")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """List waivers that nobody has ended, expired ones, too, in the order in which they were given."""
    from callout.steps.waivers import GIVEN, waivers_of
    from callout.views.table import columns

    context = context_for(inventory, must_exist=True)
    names = [system] if system else sorted({event.system for event in context.ledger.events(kind=GIVEN)})
    found = [(name, waiver) for name in names for waiver in waivers_of(context.ledger, name)]
    now = context.now()
    if as_json:
        print_json({"waivers": [{"system": name, "speaks": one.speaks(now), **one.as_dict()} for name, one in found]})
        return
    rows = [
        (one.id, name, one.finding or f"{one.section} {one.subject}", f"{one.expires_at:%Y-%m-%d}",
         "in force" if one.speaks(now) else "expired", one.ticket, one.by, one.reason)
        for name, one in found
    ]  # fmt: skip
    print(*columns(("waiver", "system", "what", "until", "state", "ticket", "by", "reason"), rows), sep="\n")


def end(
    waiver: Annotated[str, typer.Argument(help="The waiver's id, as callout drift waivers lists it.")],
    reason: ReasonOption,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """End a waiver before its day: what it let stay speaks again."""
    from callout.steps.waivers import end_waiver

    event = end_waiver(context_for(inventory, must_exist=True), waiver, reason)
    if as_json:
        print_json({"event": event.as_dict()})
    else:
        print(f"Ended: {waiver}.")
