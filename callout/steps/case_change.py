"""Changes a case: priority, contract, system, subject, who does the work. Its clocks keep what was paused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callout.desk.bounds import reason_given, subject_line
from callout.desk.entitlement import Channel
from callout.desk.mode import mode_named
from callout.desk.rules import rules_for, snapshot
from callout.errors import BadInput
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.policy.desk_words import Priority
from callout.steps.case_look import require_going
from callout.steps.case_open import Asking, entitlement_now
from callout.steps.case_write import Refusal, draft_of, write_to_case

if TYPE_CHECKING:
    from callout.desk.case import Case
    from callout.inventory import Inventory
    from callout.inventory.models import Customer
    from callout.steps.context import Context


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be different; empty is as it is."""

    priority: str = ""
    contract: str = ""
    mode: str = ""
    system: str = ""
    subject: str = ""


def change_case(
    context: Context, inventory: Inventory, written: str, wanted: Wanted, reason: str, asking: Asking | None = None
) -> Event:
    """The `case_changed` event: old and new of what is different, and the rules from then on where they are others.

    To become an emergency a case needs what an emergency call needs, by `asking`; Refused with every reason where
    something of it is missing. Raises BadInput without a reason, where nothing would change, for what the inventory
    does not have, and in a case that has ended.
    """
    why = reason_given(reason, "A change")

    def decide(case: Case, ledger: LedgerView) -> Sequence[Draft] | Refusal:
        customer = inventory.customer(require_going(case).customer)
        changes = _changes(case, customer, inventory, wanted)
        if not changes:
            raise BadInput(f"{case.number} is like that already: nothing would change.", "callout case show tells all.")
        body: dict[str, Any] = {"changes": changes, "reason": why}
        if "priority" in changes or "contract" in changes:
            priority = Priority(changes.get("priority", ["", case.priority])[1])
            if "priority" in changes and priority is Priority.EMERGENCY:
                system = changes.get("system", ["", case.system])[1]
                asked = asking or Asking(Channel.PHONE, "")
                policy = inventory.policy
                entitlement = entitlement_now(context, ledger, customer, policy, system, asked, priority)
                if entitlement.refusals:
                    return Refusal("emergency", f"{case.number} does not become an emergency.", entitlement.refusals)
                body["entitlement"] = entitlement.as_dict()
            body["rules"] = snapshot(rules_for(inventory.policy.desk, customer.desk, priority))
        return [_draft(context, case, changes, body)]

    return write_to_case(context, written, decide)[0]


def _changes(case: Case, customer: Customer, inventory: Inventory, wanted: Wanted) -> dict[str, list[str]]:
    found = {
        "priority": (str(case.priority), _priority(wanted.priority)),
        "contract": (case.contract, _contract(wanted.contract, customer)),
        "mode": (case.mode, str(mode_named(wanted.mode)) if wanted.mode else ""),
        "system": (case.system, _system(wanted.system, customer, inventory)),
        "subject": (case.subject, subject_line(wanted.subject) if wanted.subject else ""),
    }
    return {name: [old, new] for name, (old, new) in found.items() if new and new != old}


def _draft(context: Context, case: Case, changes: Mapping[str, list[str]], body: Mapping[str, Any]) -> Draft:
    draft = draft_of(context, case, "case_changed", body)
    if "system" not in changes:
        return draft
    # From here on its events are found with the new system, this one among them.
    system = changes["system"][1]
    return Draft(draft.kind, draft.at, draft.actor, draft.customer, system, draft.callout, draft.body)


def _priority(written: str) -> str:
    if written and written not in set(Priority):
        raise BadInput(f"{written[:40]!r} is no priority.", f"Use one of: {', '.join(Priority)}.")
    return written


def _contract(written: str, customer: Customer) -> str:
    """What they have bought stands in the inventory, and nowhere else."""
    if written and written != customer.contract:
        raise BadInput(
            f"The inventory says that {customer.id} has a {customer.contract} contract, not {written[:40]!r}.",
            "Change callout_customer.contract first.",
        )
    return written


def _system(written: str, customer: Customer, inventory: Inventory) -> str:
    if written and inventory.system(written).customer.id != customer.id:
        raise BadInput(f"{written} is not a system of {customer.id}.", "Name one of theirs.")
    return written
