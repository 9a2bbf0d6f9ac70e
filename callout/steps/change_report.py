"""What a change report is made of: the call-out's events, the customer, and, if asked for, the files' differences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from callout.errors import BadInput
from callout.ledger.event import Event
from callout.steps.context import Context
from callout.steps.record import story_of
from callout.views.change_model import ChangeReport, change_report

if TYPE_CHECKING:
    from callout.inventory import Inventory


def report_change(
    context: Context, inventory: Inventory, callout: str, differences_by: Path | None = None
) -> ChangeReport:
    """The report of one call-out; writes nothing.

    `differences_by` is the bundle file of the change: with it the report also shows what changed in text files, from
    the originals that are kept here. Raises BadInput for an unknown call-out or customer, and for another bundle than
    the call-out's; TrustRefused for one that cannot be believed; CalloutError where an original is gone.
    """
    events = story_of(context.ledger, callout)
    customer = inventory.customer(events[0].customer)
    differences = _differences(context, inventory, events, differences_by) if differences_by else ""
    return change_report(events, customer, inventory.policy.vendor, differences)


def _differences(context: Context, inventory: Inventory, events: list[Event], bundle: Path) -> str:
    from callout.patches.before_after import unified
    from callout.patches.change import Change
    from callout.patches.images import Image
    from callout.patches.patched import patched_contents
    from callout.steps.patch import shelf_of
    from callout.steps.plan import believe
    from callout.steps.shown_diffs import shown_diffs

    system = inventory.system(events[0].system)
    believed, _ = believe(context, system, bundle)
    named = believed.manifest.id
    patched = [event for event in events if event.kind == "patched" and event.body["bundle"] == named]
    if not patched:
        raise BadInput(f"{events[0].callout} did not put {named} in.", "Name the bundle that it put in.")
    changes = [
        Change(number, one["path"], Image.from_dict(one["before"]), Image.from_dict(one["after"]))
        for number, one in enumerate(patched[-1].body["files"], 1)
    ]
    folder, _, shelf_name = str(patched[-1].body["originals"]).partition("/")
    wanted = {one.path: one.before.sha256 for one in changes if one.before.kind == "file"}
    before = shelf_of(context, folder, shelf_name).originals(wanted)
    # What a bundle carries as a diff has its new content only together with the original.
    contents = {**believed.contents, **patched_contents(believed, before)}
    return unified(shown_diffs(system, changes, before, contents))
