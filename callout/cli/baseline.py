"""`callout baseline`: how a system is meant to be, recorded, listed, shown and proven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, new_app, print_json, tell
from callout.errors import BadInput

if TYPE_CHECKING:
    from callout.ledger.event import Event

app = new_app("Baselines: how a system is meant to be, and what it is held against when drift is looked for.")
SystemArgument = Annotated[str, typer.Argument(help="The system, as the inventory names it.", metavar="SYSTEM")]


@app.command("record")
def record(
    system: SystemArgument,
    callout: Annotated[str, typer.Option(help="The call-out that it belongs to, like CO-0001.")] = "",
    because: Annotated[str, typer.Option(help="Why now, in a few words.")] = "",
    anew: Annotated[
        bool, typer.Option("--anew", help="Begin without comparing, as after a reinstallation; needs --because.")
    ] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Read only files that are not as they were.")] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Look at the system and record what is seen as its baseline. Changes nothing there.

    A later baseline is refused (8) while any change since the last one is unexplained, with all reasons.
    """
    from callout.steps.baseline import record_baseline

    context = context_for(inventory)
    found = inventory_of(context).system(system)
    done = record_baseline(context, found, callout, because=because, anew=anew, full=not quick)
    if as_json:
        print_json({"event": done.event.as_dict()})
        return
    print(f"{system}: the baseline is {done.event.body['look']}.")
    for line in _lines(done.event):
        tell(line)


@app.command("list")
def list_baselines(
    system: Annotated[str, typer.Argument(help="Of this system only.", metavar="[SYSTEM]")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """List all baselines, oldest first; the last one of a system is the one that counts."""
    from callout.views.table import columns

    context = context_for(inventory, must_exist=True)
    filters = {"system": system} if system else {}
    events = list(context.ledger.events(kind="baseline_recorded", **filters))
    if as_json:
        print_json({"baselines": [event.as_dict() for event in events]})
        return
    rows = [
        (event.at[:16].replace("T", " "), event.system, event.body["look"], event.body["reason"],
         str(event.body["files"]), "signed" if event.body["signature"] else "not signed")
        for event in events
    ]  # fmt: skip
    print(*columns(("when (UTC)", "system", "look", "reason", "files", "signature"), rows, right=(4,)), sep="\n")


@app.command("show")
def show(system: SystemArgument, as_json: JsonOption = False, inventory: InventoryOption = None) -> None:
    """Show the system's newest baseline: what came whole, what the system does not have, what is unknown."""
    context = context_for(inventory, must_exist=True)
    from callout.steps.baseline_trust import newest_baseline

    event = newest_baseline(context.ledger, system)
    if event is None:
        raise BadInput(f"{system} has no baseline yet.", f"Record one: callout baseline record {system}")
    if as_json:
        print_json({"event": event.as_dict()})
    else:
        print(*_lines(event), sep="\n")


@app.command("verify")
def verify(system: SystemArgument, as_json: JsonOption = False, inventory: InventoryOption = None) -> None:
    """Hold the newest baseline against its signature and the hash in the ledger, every record of it. 6 or 2 if not."""
    from callout.steps.baseline_trust import believed_baseline, newest_baseline

    context = context_for(inventory, must_exist=True)
    found = inventory_of(context).system(system)
    event = newest_baseline(context.ledger, system)
    if event is None:
        raise BadInput(f"{system} has no baseline yet.", f"Record one: callout baseline record {system}")
    count = sum(1 for _ in believed_baseline(context, found, event).entries())
    signed = bool(event.body["signature"])
    if as_json:
        print_json({"look": event.body["look"], "files": count, "signed": signed})
    else:
        told = "its signature is good" if signed else "it is not signed (callout_policy.drift.signing_key)"
        print(f"{event.body['look']}: {count} files as recorded; {told}.")


def _lines(event: Event) -> list[str]:
    body = event.body
    when, because = event.at[:16].replace("T", " "), f" ({body['because']})" if body["because"] else ""
    told = {
        state: ", ".join(sorted(name for name, one in body["sections"].items() if one == state))
        for state in ("absent", "unknown")
    }
    seen = f"{body['files']} files, {body['unread']} of them unread; {body['facts']} facts"
    lines = [
        f"Look {body['look']} of {event.system}, {when} UTC, by {event.actor}: {body['reason']}{because}",
        f"Product version {body['version'] or 'unknown'}; {seen}.",
        "Signed." if body["signature"] else "Not signed.",
    ]
    lines += [f"The system has none of: {told['absent']}."] if told["absent"] else []
    lines += [f"Unknown: {told['unknown']}."] if told["unknown"] else []
    return lines
