"""Takes work over from other programs' files, and gives it out to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.steps.worked import worked
from callout.worklog.amended import WORK_KINDS
from callout.worklog.entry import Entry
from callout.worklog.exchange.formats import format_named
from callout.worklog.exchange.mapping import Known, Rules, rules_of
from callout.worklog.exchange.record import MAXIMUM_BYTES, File
from callout.worklog.exchange.taking import Taking, Terms, taking
from callout.worklog.worked import Wanted

if TYPE_CHECKING:
    from callout.inventory.reading import Inventory
    from callout.steps.context import Context

MAXIMUM_MAP_BYTES = 1024 * 1024


def import_work(
    context: Context,
    inventory: Inventory,
    form: str,
    file: File,
    *,
    rules: Rules,
    options: Mapping[str, str],
    person: str = "",
    dry_run: bool = False,
) -> tuple[Taking, list[Event]]:
    """What is taken over from the file, and the `work_logged` events of it, none with `dry_run`.

    `options` say what a record does not say itself (customer, system, ticket, callout, activity, role). All of the
    file or nothing; what was imported before adds nothing. Raises BadInput naming file and line.
    """
    read = format_named(form).read(file)
    plan: list[Taking] = []

    def decide(ledger: LedgerView) -> Sequence[Draft]:
        terms = Terms(form, rules, options, _known(ledger, inventory), person, context.actor, context.now())
        events = [event for kind in WORK_KINDS for event in ledger.events(kind=kind)]
        plan.append(taking(file, read, terms, events))
        return plan[0].drafts

    if dry_run:
        decide(context.ledger)
        return plan[0], []
    stored = context.ledger.append_after(decide)
    return plan[0], stored


def export_work(
    context: Context, form: str, wanted: Wanted, zone: dt.tzinfo
) -> tuple[str, list[Entry], list[tuple[Entry, str]]]:
    """The file's text, the work in it, and what the format cannot say, with the reason: one person's work.

    Raises BadInput for an unknown format, and where clocks of `zone` were changed during work so that its times
    would not say its duration.
    """
    chosen = format_named(form)
    entries = worked(context.ledger, wanted).entries
    told = [entry for entry in entries if chosen.durations or entry.clock_known]
    left_out = [(entry, "its clock times are not known") for entry in entries if entry not in told]
    return chosen.write(told, zone), told, left_out


def file_at(path: Path, zone: dt.tzinfo | None) -> File:
    """The file to be imported, at most one byte more than is allowed. Raises BadInput where it cannot be read."""
    return File(path.name, _bytes(path, MAXIMUM_BYTES + 1), zone)


def rules_at(path: Path | None) -> Rules:
    """The rules of a map file (YAML); none without one. Raises BadInput naming file and key."""
    if path is None:
        return {}
    import yaml

    content = _bytes(path, MAXIMUM_MAP_BYTES + 1)
    if len(content) > MAXIMUM_MAP_BYTES:
        raise BadInput(f"{path} has over 1 MiB.", "A rule per label is enough.")
    try:
        return rules_of(yaml.safe_load(content), path.name)
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise BadInput(f"{path.name}:{line}: this is no YAML.", "Like: acme: {customer: acme, ticket: T-1}") from None


def _bytes(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(most)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", "Name another file.") from None


def _known(ledger: LedgerView, inventory: Inventory) -> Known:
    customers = {customer.name: customer.id for customer in inventory.customers.values()}
    opened = ledger.events(kind="opened")
    return Known(
        systems={name: system.customer.id for name, system in inventory.systems.items()},
        customers=customers | {name: name for name in inventory.customers},
        callouts={event.callout: (event.customer, event.system, str(event.body.get("ticket", ""))) for event in opened},
    )
