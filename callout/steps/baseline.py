"""Baselines: how a system is meant to be. Recorded after installation, renewed by each call-out that changed it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callout.drift.baseline_rules import judge_renewal
from callout.drift.carried import MOST_CARRIED, carried_of
from callout.drift.judged import Judged
from callout.drift.look import Look
from callout.errors import BadInput, CalloutError, Locked, Refused
from callout.findings import Finding, Move, Status
from callout.ledger.event import Draft, Event, format_utc
from callout.ledger.store import LedgerView
from callout.steps.baseline_trust import newest_baseline, signature_of
from callout.steps.context import Context
from callout.steps.drift import (
    Comparison,
    Kept,
    compare_now,
    forget_looks,
    fresh_randomness,
    record_comparison,
    take_look,
)
from callout.steps.plan import AskVersion, reported_version

if TYPE_CHECKING:
    from callout.drift.collecting import Randomness
    from callout.inventory.models import System

INSTALLATION, CALL_OUT, ACCEPTED = "installation", "call-out", "accepted"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A baseline that was recorded; `comparison` with the one before it, None for the first."""

    event: Event
    comparison: Comparison | None


def record_baseline(
    context: Context,
    system: System,
    callout: str = "",
    *,
    because: str = "",
    anew: bool = False,
    full: bool = True,
    ask_version: AskVersion = reported_version,
    randomness: Callable[[], Randomness] = fresh_randomness,
) -> Recorded:
    """Looks, and makes what was seen the baseline; the first one, or one in place of the last.

    A later one is refused while there is a change that nobody explained, or a section that cannot be compared: what
    is unexplained would be taken over for ever. `anew` (with `because`) begins a new line without comparing, as after
    a reinstallation. Without `full` only files are read that are not as they were. Raises Refused with all reasons,
    recorded as `baseline_refused`; Locked where somebody else recorded one meanwhile; what `take_look` raises.
    """
    if anew and not because.strip():
        raise BadInput("A baseline that begins anew needs a reason.", "Give it with --because.")
    previous = newest_baseline(context.ledger, system.name)
    comparison = None
    if previous is None or anew:
        kept = take_look(context, system, None, full=True, ask_version=ask_version, randomness=randomness)
        findings = judge_renewal([], [], kept.look.look)
        reason = INSTALLATION if previous is None else ACCEPTED
    else:
        comparison = compare_now(context, system, full=full, ask_version=ask_version, randomness=randomness)
        kept = comparison.after
        findings = [
            *judge_renewal(comparison.judged, comparison.compared.unknown, kept.look.look),
            *_too_many_waived(comparison.judged),
        ]
        reason = CALL_OUT if callout else ACCEPTED
        record_comparison(context, system, callout, comparison)
    _require(context, system, callout, kept, findings)
    body = _body(system, kept, previous, reason, because)
    # Otherwise what was waived could never speak again: it would be as the new baseline has it.
    body["carried"] = carried_of(comparison.judged) if comparison else []
    body["signature"] = signature_of(context, system, body)

    def decide(view: LedgerView) -> list[Draft]:
        newest = newest_baseline(view, system.name)
        if (newest.id if newest else "") != body["previous"]:
            raise Locked(f"Somebody else recorded a baseline of {system.name} meanwhile.", "Look again.")
        names = (system.customer.id, system.name, callout)
        return [Draft("baseline_recorded", context.now(), context.actor, *names, body)]

    event = context.ledger.append_after(decide)[0]
    forget_looks(context, system.name)
    return Recorded(event, comparison)


def rehearse_baseline(context: Context, system: System, *, full: bool) -> None:
    """Raises what `record_baseline` would, and records nothing. The look is made, and kept until it is forgotten."""
    if newest_baseline(context.ledger, system.name) is None:
        findings = judge_renewal([], [], take_look(context, system, None, full=True).look.look)
    else:
        comparison = compare_now(context, system, full=full)
        look = comparison.after.look.look
        findings = judge_renewal(comparison.judged, comparison.compared.unknown, look)
    _refuse(system, findings)


def renew_after_change(context: Context, system: System, callout: str) -> str:
    """After a call-out of ours: the baseline renewed where there is one; a sentence about what came of it.

    Never fails the call-out, whose change is done and verified: what kept the baseline from being renewed is told, and
    recorded as `baseline_refused`; the old one goes on being what the system is held against.
    """
    if newest_baseline(context.ledger, system.name) is None:
        return f"{system.name} has no baseline to renew."
    try:
        recorded = record_baseline(context, system, callout, because=f"after {callout}", full=False)
    except Refused as refused:
        return f"The baseline was not renewed: {refused.message}"
    except CalloutError as error:
        unseen = Finding("baseline.look", Status.UNKNOWN, "not-looked", error.message, Move.US, error.hint)
        context.record("baseline_refused", system, callout, {"look": "", "reasons": [unseen.as_dict()]})
        return f"The baseline was not renewed: {error.message}"
    return f"The baseline was renewed: {recorded.event.body['look']}."


def _too_many_waived(judged: Sequence[Judged]) -> list[Finding]:
    waived = sum(one.waiver is not None and not one.provenance.explains for one in judged)
    if waived <= MOST_CARRIED:
        return []
    seen = f"{waived} changes are waived; a baseline carries {MOST_CARRIED} at most."
    return [Finding("baseline.waived", Status.FAIL, "too-many", seen, Move.US, "Undo some, or begin anew: --anew")]


def _require(context: Context, system: System, callout: str, kept: Kept, findings: list[Finding]) -> None:
    blocking = [finding.as_dict() for finding in findings if finding.blocks]
    if blocking:
        context.record("baseline_refused", system, callout, {"look": kept.look.look.id, "reasons": blocking})
    _refuse(system, findings)


def _refuse(system: System, findings: list[Finding]) -> None:
    blocking = [finding.as_dict() for finding in findings if finding.blocks]
    if blocking:
        count = f"{len(blocking)} reason{'s' if len(blocking) > 1 else ''}"
        raise Refused(
            f"{system.name}: no baseline was recorded, for {count}.",
            f"See each one: callout drift show {system.name}",
            blocking,
        )


def _body(system: System, kept: Kept, previous: Event | None, reason: str, because: str) -> dict[str, Any]:
    look = kept.look.look
    return {
        "system": system.name,
        "customer": system.customer.id,
        "look": look.id,
        "taken_at": format_utc(look.taken_at),
        "sha256": kept.sha256,
        "sections": _states(look),
        "files": look.files_count,
        "unread": look.unread_count,
        "facts": len(look.facts),
        "scope": look.scope_hash,
        "version": look.product_version,
        "previous": previous.id if previous else "",
        "reason": reason,
        "because": because.strip(),
    }


def _states(look: Look) -> dict[str, str]:
    return {str(section): str(state.state) for section, state in look.sections.items()}
