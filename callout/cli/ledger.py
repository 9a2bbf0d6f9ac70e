"""`callout ledger`: is the one memory whole? Seal it, back it up, take it elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, new_app, print_json, tell
from callout.findings import exit_code

app = new_app("The ledger: the one memory of all call-outs.")

NewFile = Annotated[Path, typer.Argument(help="A new file; nothing is overwritten.", metavar="FILE")]


@app.command()
def verify(
    seal: Annotated[list[Path] | None, typer.Option(help="A seal that was kept elsewhere; may be repeated.")] = None,
    signers: Annotated[
        Path | None, typer.Option(help="Whose seals count; default: allowed_signers in the inventory's folder.")
    ] = None,
    revoked: Annotated[
        Path | None, typer.Option(help="Keys that count no more; default: revoked_keys beside the signers, if there.")
    ] = None,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Check every event against the hash chain, and the whole against seals. Exits 3 where anything was changed.

    Only a seal shows that an end was cut off, that all was written anew, or that this is an older copy. Exits 6
    where a seal's signature does not count.
    """
    from callout.ledger.address import shown_address
    from callout.ledger.chain import verify_chain
    from callout.steps.ledger import SIGNERS_FILE, believed_seals

    context = context_for(inventory, must_exist=True)
    seals = believed_seals(seal or (), signers or context.places.folder / SIGNERS_FILE, revoked)
    findings = verify_chain(context.ledger.rows(), context.ledger.complaints(), seals)
    if as_json:
        told = [finding.as_dict() for finding in findings]
        print_json({"ledger": shown_address(context.places.ledger), "findings": told})
    else:
        for finding in findings:
            print(f"{finding.status}: {finding.seen}{' ' + finding.remedy if finding.remedy else ''}")
    raise typer.Exit(exit_code(findings))


@app.command("seal")
def seal_head(
    file: NewFile,
    key: Annotated[Path, typer.Option(help="Private key, or the .pub of one that ssh-agent holds.")],
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Sign how the ledger is now. Keep the file where whoever can write the ledger cannot write."""
    from callout.steps.ledger import seal_ledger

    event = seal_ledger(context_for(inventory, must_exist=True), file, key)
    if as_json:
        print_json({"seal": str(file), "event": event.as_dict()})
    else:
        print(f"{file}: sealed up to event {event.body['seq']}, hash {event.body['hash'][:16]}.")
    tell(f"Keep it elsewhere. Later: callout ledger verify --seal {file}")


@app.command("export")
def export_events(
    file: Annotated[Path | None, typer.Argument(help="A new file; standard output without it.")] = None,
    inventory: InventoryOption = None,
) -> None:
    """Write the whole ledger as JSON Lines, for another database or for programs; every event is checked first."""
    from callout.ledger.copying import write_lines
    from callout.ledger.exchange import export_lines

    lines = export_lines(context_for(inventory, must_exist=True).ledger.rows())
    if file is not None:
        write_lines(lines, file)
        return
    for line in lines:
        sys.stdout.buffer.write(line.encode("utf-8") + b"\n")


@app.command("import")
def import_events(
    file: Annotated[Path, typer.Argument(help="An export; - is standard input.")],
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Take a whole export into the empty ledger that CALLOUT_LEDGER names: same events, same hashes, or nothing."""
    from callout.errors import BadInput
    from callout.ledger.address import shown_address
    from callout.ledger.exchange import imported_rows

    context = context_for(inventory)
    try:
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as stream:
            seq, head = context.ledger.fill(imported_rows(_lines(stream), str(file)))
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.", "Name an export.") from None
    where = shown_address(context.places.ledger)
    if as_json:
        print_json({"ledger": where, "count": seq, "head": head})
    else:
        print(f"{where}: {seq} events imported; head {head[:16]}.")


@app.command("backup")
def back_up_ledger(file: NewFile, as_json: JsonOption = False, inventory: InventoryOption = None) -> None:
    """Copy the ledger into a file that is a ledger itself, while others write; verified before it gets its name."""
    from callout.ledger.copying import back_up

    context = context_for(inventory, must_exist=True)
    seq, head = back_up(context.ledger, file, context.now)
    if as_json:
        print_json({"backup": str(file), "count": seq, "head": head})
    else:
        print(f"{file}: {seq} events, verified; head {head[:16]}.")


@app.command("find")
def find_event(
    event_id: Annotated[str, typer.Argument(help="The event's id, as a message named it.", metavar="ID")],
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Say whether an event is recorded. Exits 3 where it is not."""
    from callout.programs import printable

    event = next(iter(context_for(inventory, must_exist=True).ledger.events(id=event_id)), None)
    if as_json:
        print_json({"event": event.as_dict() if event else None})
    elif event:
        about = printable(f"{event.kind}, {event.callout or 'no call-out'}, {event.at}")
        print(f"Recorded: event {event.seq}, {about}.")
    else:
        print("Not recorded.")
    raise typer.Exit(0 if event else 3)


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    from callout.ledger.exchange import MAXIMUM_LINE_BYTES

    while line := stream.readline(MAXIMUM_LINE_BYTES):
        yield line
