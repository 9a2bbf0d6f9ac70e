"""What the ledger says of a system's drift right now, without looking."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from callout.drift.judged import Judged
from callout.drift.provenance import Provenance
from callout.drift.scope import drift_policy_of
from callout.ledger.store import LedgerView
from callout.policy.drifted import DriftAsked, DriftSeen
from callout.steps.waivers import waivers_of

if TYPE_CHECKING:
    from callout.inventory.models import System
    from callout.ledger.event import Event

_KINDS = ["baseline_recorded", "drift_looked"]


def asked_drift(view: LedgerView, system: System, now: dt.datetime) -> DriftAsked:
    """What the gate asks of drift. `now` (aware) decides which waivers speak."""
    policy = drift_policy_of(system)
    days = policy.max_age_days
    max_age = dt.timedelta(days=days) if days is not None else None
    last = drift_seen(view, system.name, now) if policy.gate != "ignore" else None
    return DriftAsked(system.name, policy.gate, last, max_age)


def drift_seen(view: LedgerView, system: str, now: dt.datetime) -> DriftSeen | None:
    """How the system stood at its last look, with the waivers that speak now; None without a baseline.

    A waiver that was given since counts, and one that has expired since counts no more.
    """
    events = list(view.events(kinds=_KINDS, system=system))
    if not any(event.kind == "baseline_recorded" for event in events):
        return None
    newest = events[-1]
    if newest.kind == "baseline_recorded":
        return DriftSeen(newest.happened_at, "clean")
    return _standing(view, newest, now)


def _standing(view: LedgerView, looked: Event, now: dt.datetime) -> DriftSeen:
    waivers = [one for one in waivers_of(view, looked.system) if one.speaks(now)]
    judged = [Judged.from_dict(one) for one in looked.body["findings"]]
    standing = [one for one in judged if not any(waiver.names(one.id, one.change) for waiver in waivers)]
    unsupported = sum(one.provenance is Provenance.UNSUPPORTED for one in standing)
    doubtful = len(standing) - unsupported
    more = int(looked.body.get("more", 0))
    unknown = [*looked.body.get("unknown", ()), *looked.body.get("disagreements", ())]
    if not standing and not unknown and not more:
        return DriftSeen(looked.happened_at, "explained")
    # Of findings that are counted only nobody can have waived each one.
    outcome = "drift" if unsupported or more else "unknown"
    return DriftSeen(looked.happened_at, outcome, unsupported + more, doubtful)
