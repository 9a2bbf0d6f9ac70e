"""What our ledger says of the time between two looks at a system: everything that may explain a change."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from callout.drift.change import Change
from callout.drift.compare import Compared
from callout.drift.evidence import ABSENT, CalloutOfOurs, Evidence, LookWord, PatchedFile
from callout.drift.look import Look, Section
from callout.drift.package_words import PackageEvidence
from callout.drift.roots import Roots
from callout.ledger.event import Event, parse_utc
from callout.ledger.store import LedgerView
from callout.steps.context import Context
from callout.steps.drift_restores import restores_between
from callout.steps.waivers import waivers_of

if TYPE_CHECKING:
    from callout.inventory.models import System

# A person's own work: what was done in it no record of ours tells word for word.
_BY_HAND = ("person", "session", "import")


def evidence_between(
    context: Context, system: System, before: Look, after: Look, compared: Compared, packages: PackageEvidence
) -> Evidence:
    """All evidence for the changes between the two looks. Reads the ledger's events of this system, and no other's;
    and manifests of backups that were put back."""
    view = context.ledger
    changed = {change.subject for change in compared.changes if change.section is Section.FILES}
    return Evidence(
        system=system.name,
        before=LookWord.of(before),
        after=LookWord.of(after),
        patched=patched_files(view, system.name),
        restores=restores_between(context, system, before.taken_at, after.taken_at, compared.changes),
        callouts=callouts_between(view, system.name, before.taken_at, after.taken_at),
        packages=packages,
        waivers=waivers_of(view, system.name),
        logins=after.logins,
        texts_before={path: text for path, text in before.texts.items() if path in changed},
        texts_after={path: text for path, text in after.texts.items() if path in changed},
        not_whole=compared.not_whole,
        carried=compared.carried,
    )


def questions_of(changes: Iterable[Change], roots: Roots) -> tuple[list[str], list[str]]:
    """What to ask the package managers: paths that changed, and names of accounts that came, went or changed."""
    paths, accounts = [], []
    for change in changes:
        if change.section is Section.FILES:
            paths.append(change.subject)
        elif change.section in (Section.USERS, Section.GROUPS):
            accounts.append(roots.place_of(change).path)
    return paths, list(dict.fromkeys(accounts))


def patched_files(view: LedgerView, system: str) -> Mapping[str, tuple[PatchedFile, ...]]:
    """By path, in the order of the ledger, how each application and each rollback of ours left the file."""
    found: dict[str, list[PatchedFile]] = defaultdict(list)
    for event in view.events(kinds=["patched", "rolled_back"], system=system):
        for one in event.body.get("files", ()):
            before, after = one.get("before"), one.get("after")
            if event.kind == "rolled_back" and event.body.get("automatic"):
                # It tells what had been tried: afterwards all is as it was before that.
                before, after = after, before
            found[str(one["path"])].append(_patched(event, before, after))
    return {path: tuple(files) for path, files in found.items()}


def callouts_between(
    view: LedgerView, system: str, since: dt.datetime, until: dt.datetime
) -> tuple[CalloutOfOurs, ...]:
    """Call-outs of ours on the system that were open in between, and work by hand that belongs to none."""
    closed = {event.callout: event.happened_at for event in view.events(kind="closed", system=system)}
    by_hand = _worked_by_hand(view, system)
    found = []
    for event in view.events(kind="opened", system=system):
        ended = closed.get(event.callout)
        if event.happened_at <= until and (ended is None or ended >= since):
            hands_on = any(moment >= since for moment in by_hand.get(event.callout, ()))
            found.append(CalloutOfOurs(event.callout, event.happened_at, ended, frozenset(), hands_on))
    for moment in by_hand.get("", ()):
        if since <= moment <= until:
            found.append(CalloutOfOurs("work without a call-out", moment - _LONGEST, moment, frozenset(), True))
    return tuple(found)


# How long before its end a piece of work may have begun (see `worklog.entry.LONGEST_S`).
_LONGEST = dt.timedelta(hours=16)


def _worked_by_hand(view: LedgerView, system: str) -> Mapping[str, list[dt.datetime]]:
    """By call-out (empty for none), the ends of sessions, of a person's work, and of SQL of a bundle."""
    found: dict[str, list[dt.datetime]] = defaultdict(list)
    kinds = ["session_recorded", "work_logged", "work_started", "patched", "rolled_back"]
    for event in view.events(kinds=kinds, system=system):
        if event.kind == "work_logged" and event.body.get("source") not in _BY_HAND:
            continue
        if event.kind in ("patched", "rolled_back") and not event.body.get("sql"):
            continue
        found[event.callout].append(_ended(event))
    return found


def _ended(event: Event) -> dt.datetime:
    told = event.body.get("ended_at")
    return parse_utc(told) if isinstance(told, str) else event.happened_at


def _patched(event: Event, before: Any, after: Any) -> PatchedFile:
    left = after or {}
    return PatchedFile(
        bundle=str(event.body.get("bundle", "")),
        callout=event.callout,
        event=event.id,
        at=event.happened_at,
        before=_content(before),
        after=_content(after),
        mode=str(left.get("mode", "")),
        owner=str(left.get("owner", "")),
    )


def _content(image: Any) -> str:
    """As `PatchedFile` has it; empty for what has no content, such as a folder."""
    return ABSENT if image is None else str(image.get("sha256", ""))
