"""Pure: what the ledger says of each bundle on each system: in, taken back, half-way, and since when by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from callout.ledger.event import Event

# The kinds of event that say something of a bundle on a system; whoever asks reads these, in the order of seq.
KINDS = ("patched", "patch_failed", "rolled_back", "rollback_failed", "restored", "patch_inventoried")


class Standing(StrEnum):
    """How a bundle stands on a system. `unsure`: the ledger cannot know, only a look at the system can."""

    IN = "in"
    OVERWRITTEN = "overwritten"
    MODIFIED = "modified"
    ROLLED_BACK = "rolled back"
    FAILED = "failed"
    TORN = "half-way"
    UNSURE = "unsure"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Occasion:
    """One thing that happened to it: `what` as a standing, `at` UTC as stored, `note` why or how.

    `looked` tells a look at the system from a change of it.
    """

    what: Standing
    at: str
    actor: str
    callout: str
    note: str = ""
    looked: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """One bundle on one system, with its occasions, oldest first (at least one).

    `files` are {path, before, after} of the newest application, empty where the ledger has none of it. `transaction`
    and `plan_hash` are that application's. `seq` is its place in the ledger: what is higher lies on top of it.
    """

    customer: str
    system: str
    bundle: str
    occasions: tuple[Occasion, ...]
    files: tuple[Mapping[str, Any], ...] = ()
    transaction: str = ""
    plan_hash: str = ""
    seq: int = 0

    @property
    def standing(self) -> Standing:
        """What the newest occasion left."""
        return self.occasions[-1].what

    @property
    def last(self) -> Occasion:
        """The newest occasion."""
        return self.occasions[-1]

    @property
    def since(self) -> Occasion:
        """The occasion from which it stands as it does: a look that finds it so again begins nothing."""
        found = self.occasions[-1]
        for one in reversed(self.occasions):
            if one.what is not found.what:
                break
            found = one
        return found

    @property
    def looked_at(self) -> str:
        """When the system itself was last looked at for it (UTC as stored); empty for never."""
        return next((one.at for one in reversed(self.occasions) if one.looked), "")

    @property
    def ours(self) -> bool:
        """Whether the ledger says that it lies there: what a look at the system has to find."""
        return bool(self.files) and self.standing not in (Standing.ROLLED_BACK, Standing.FAILED)


@dataclass(slots=True)
class _Shelf:
    """Holdings while they are read, by system and bundle."""

    held: dict[tuple[str, str], Holding] = field(default_factory=dict)

    def add(self, event: Event, bundle: str, what: Standing, note: str = "", **more: Any) -> None:
        looked = event.kind == "patch_inventoried"
        occasion = Occasion(what, event.at, event.actor, event.callout, note, looked)
        known = self.held.get((event.system, bundle)) or Holding(event.customer, event.system, bundle, ())
        self.held[event.system, bundle] = replace(known, occasions=(*known.occasions, occasion), **more)


def holdings_of(events: Iterable[Event]) -> list[Holding]:
    """What the events of `KINDS` (in order of seq) come to, by system and first occasion."""
    shelf = _Shelf()
    for event in events:
        if event.kind == "restored":
            _restored(shelf, event)
        elif event.kind == "patch_inventoried":
            for one in event.body.get("bundles", ()):
                shelf.add(event, str(one["bundle"]), _standing(one.get("standing")), str(one.get("note", "")))
        else:
            _changed(shelf, event)
    return sorted(shelf.held.values(), key=lambda one: one.system)


def _changed(shelf: _Shelf, event: Event) -> None:
    body = event.body
    bundle = str(body.get("bundle", ""))
    known = shelf.held.get((event.system, bundle))
    if event.kind == "patched":
        files, transaction = tuple(body.get("files", ())), str(body.get("transaction", ""))
        more = {"transaction": transaction, "plan_hash": str(body.get("plan_hash", "")), "seq": event.seq}
        shelf.add(event, bundle, Standing.IN, "", files=files, **more)
    elif event.kind == "rollback_failed":
        if body.get("automatic", True) or known is None:
            shelf.add(event, bundle, Standing.TORN, _why(body))
        else:
            # A rollback on purpose that failed was either taken back whole, or stopped half-way: only a look says.
            shelf.add(event, bundle, Standing.UNSURE, f"Its rollback failed. {_why(body)}".strip())
    elif event.kind == "rolled_back" and not body.get("automatic"):
        shelf.add(event, bundle, Standing.ROLLED_BACK, str(body.get("note", "")))
    elif event.kind == "rolled_back" and (known is None or known.standing is not Standing.IN):
        shelf.add(event, bundle, Standing.FAILED, _why(body))


def _restored(shelf: _Shelf, event: Event) -> None:
    """A restore may have brought the files of before the patch: whether it did, only a look says."""
    for (system, bundle), known in list(shelf.held.items()):
        if system == event.system and known.ours:
            shelf.add(event, bundle, Standing.UNSURE, "The system was restored from a backup since.")


def _why(body: Mapping[str, Any]) -> str:
    reasons = [one for one in body.get("reasons", ()) if isinstance(one, Mapping)]
    return str(reasons[0].get("seen", "")) if reasons else ""


def _standing(word: Any) -> Standing:
    """Unknown words of other versions are never read as fine."""
    return Standing(word) if word in set(Standing) else Standing.UNSURE
