"""What is written for one customer about one system: reads, looks, and gives the page back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from access_check.addresses import PUBLIC, address_kind, is_literal
from access_check.configured_inventory import inventory_folder
from access_check.edge.variables import edge_variables
from access_check.edge_cli import TO_READ, edge_report
from access_check.errors import InventoryError
from access_check.inventory_source import RawSystem, read_inventory
from access_check.languages import known_language, speaker
from access_check.recipient import recipient_from_variables
from access_check.sweep import SystemReport, check_system
from access_check.targets import Target, target_from_variables
from access_check.views.document import Document
from access_check.views.formats import PageFormat


def requirements_page(source: Path, system: str, wanted: PageFormat, *, language: str = "", ours: str = "") -> str:
    """The requirements sheet of `system`; looks at nothing.

    `language` empty is the customer's own; `ours` is the address that they may limit the ports to. Raises
    InventoryError where the inventory cannot be read or has no such system.
    """
    from access_check.views.requirements_sheet import requirements_sheet

    raw, target = _one(source, system)
    chosen = known_language(language or recipient_from_variables(raw).language)
    return _page(requirements_sheet(target, speaker(chosen), chosen, ours), wanted)


def letter_page(
    source: Path,
    system: str,
    wanted: PageFormat,
    *,
    now: dt.datetime,
    timeout_s: float,
    language: str = "",
    ours: str = "",
    edge: bool = False,
) -> tuple[str, SystemReport]:
    """The letter about `system`, and the report that it speaks of. Looks once: at most one password attempt.

    With `edge` the customer's router is read as well (one login there too), and what it says stands in the letter.

    `ours` is the address that the customer sees us come from; where it is empty, our own is told if it can
    be theirs to see. Raises InventoryError as `requirements_page` does.
    """
    from access_check.views.letter import letter

    raw, target = _one(source, system)
    recipient = recipient_from_variables(raw)
    chosen = known_language(language or recipient.language)
    variables = edge_variables(raw, TO_READ) if edge else None
    report = check_system(target, timeout_s)
    if variables is not None:
        report = replace(report, findings=report.findings + edge_report(target, variables, timeout_s).findings)
    page = letter(report, recipient, now, speaker(chosen), chosen, ours or _visible_address(target))
    return _page(page, wanted), report


def _one(source: Path, system: str) -> tuple[RawSystem, Target]:
    found = [raw for raw in read_inventory(source, system) if raw.name == system]
    if len(found) != 1:
        raise InventoryError(
            f"Inventory {source}: {system!r} is not the name of one system.", "Name one system, not a group or pattern."
        )
    return found[0], target_from_variables(found[0], inventory_folder(source) / "known_hosts")


def _visible_address(target: Target) -> str:
    """Our address, unless a router of ours is sure to hide it."""
    from access_check.probes.own_address import own_address

    if not target.address or not is_literal(target.address):
        return ""
    found = own_address(target.address, target.port)
    if not found:
        return ""
    hidden = address_kind(found) != PUBLIC and address_kind(target.address) == PUBLIC
    return "" if hidden else found


def _page(document: Document, wanted: PageFormat) -> str:
    if wanted is PageFormat.HTML:
        from access_check.views.document_html import render_document
    else:
        from access_check.views.document_markdown import render_document
    return render_document(document)
