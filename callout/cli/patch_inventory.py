"""`callout patch announce|who|exposed|list`: one bundle across all customers, and all bundles of one system."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json, tell
from callout.errors import BadInput

if TYPE_CHECKING:
    from callout.steps.patch_known import Known

BundleId = Annotated[str, typer.Argument(help="The bundle's id, like PW-2041.", metavar="BUNDLE")]


class Format(StrEnum):
    """What comes out."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


FormatOption = Annotated[Format, typer.Option("--format", help="What comes out.")]


def register(app: typer.Typer) -> None:
    """Adds the verbs to the group."""
    app.command("announce")(announce_bundle)
    app.command("who")(who_has)
    app.command("exposed")(who_is_exposed)
    app.command("list")(list_bundles)


def announce_bundle(
    file: Annotated[Path, typer.Argument(help="The signed bundle, like PW-2041.callout.", metavar="FILE")],
    confirmed_at: Annotated[
        str, typer.Option(help="When the bug was confirmed, like 2026-11-23T09:00+01:00: a critical one's clock.")
    ] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Make a signed bundle known: from then on the ledger says who needs it, by product, version and customer."""
    from callout.steps.patch_known import announce

    moment = _moment(confirmed_at)
    context = context_for(inventory)
    event = announce(context, inventory_of(context), file, moment)
    if as_json:
        print_json({"event": event.as_dict()})
        return
    print(f"{event.body['bundle']} is announced: {event.body['title']} ({event.body['severity']}).")
    if event.body["severity"] == "critical" and not event.body["confirmed_at"]:
        tell("It is critical: say when the bug was confirmed (--confirmed-at), so that the clock can be told.")


def who_has(
    bundle: BundleId,
    every: Annotated[bool, typer.Option("--all", help="Also the systems that it is not for.")] = False,
    form: FormatOption = Format.TEXT,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Say of every system whether it has a bundle, had it, or needs it, since when, by whom, in which call-out."""
    from callout.views.patch_inventory import who_text

    known = _known(bundle, inventory)
    _say(known, Format.JSON if as_json else form, lambda: who_text(_title(known), known.rows, every=every))


def who_is_exposed(
    bundle: BundleId,
    form: FormatOption = Format.TEXT,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Say which customers lack a bundle, what their contract is, and how the 24-hour clock of a critical one stands.

    Exit status 3 where a system is exposed, 4 where that is not known of one.
    """
    from callout.views.patch_inventory import exposed_text

    known = _known(bundle, inventory)
    lacking = [one for one in known.rows if one.exposed is not False]
    _say(
        known,
        Format.JSON if as_json else form,
        lambda: exposed_text(_title(known), known.rows, known.clock, known.announced),
        only_exposed=True,
    )
    if lacking:
        raise typer.Exit(3 if any(one.exposed for one in lacking) else 4)


def list_bundles(
    system: Annotated[str, typer.Argument(help="The system, by its inventory name.", metavar="SYSTEM")],
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """List every bundle that a system holds or held, by the ledger.

    playbooks/patch_inventory.yml looks at the system itself.
    """
    from callout.steps.patch_known import held_by
    from callout.views.patch_inventory import held_dict, held_text

    context = context_for(inventory, must_exist=True)
    held = held_by(context, system)
    if not held:
        inventory_of(context).system(system)  # a typing error is no empty list
    if as_json:
        print_json({"system": system, "bundles": held_dict(held)})
    else:
        print(held_text(system, held))


def _known(bundle: str, inventory: Path | None) -> Known:
    from callout.steps.patch_known import known_of

    context = context_for(inventory, must_exist=True)
    return known_of(context, inventory_of(context), bundle)


def _title(known: Known) -> str:
    told = known.announced
    return f"{known.bundle}: {told.title} ({told.severity}, {told.bug})" if told else f"{known.bundle}: not announced"


def _say(known: Known, form: Format, text: Callable[[], str], *, only_exposed: bool = False) -> None:
    from callout.views.patch_inventory import clock_dict, rows_csv, rows_dict

    rows = [one for one in known.rows if not only_exposed or one.exposed is not False]
    if form is Format.JSON:
        told = {"title": known.announced.title, "severity": known.announced.severity} if known.announced else {}
        systems = rows_dict(rows, known.clock)
        print_json({"bundle": known.bundle, **told, "clock": clock_dict(known.clock), "systems": systems})
    elif form is Format.CSV:
        print(rows_csv(rows, known.clock), end="")
    else:
        print(text())


def _moment(text: str) -> dt.datetime | None:
    """An aware time. Raises BadInput for anything else: without an offset nobody knows which moment is meant."""
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadInput(f"--confirmed-at {text!r} is no time with an offset.", "Write it like 2026-11-23T09:00+01:00.")
    return moment
