"""Pure: what all verifications of one backup together come to, the first one and those that were made later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from callout.backups.record import Level, Verification
from callout.ledger.event import Event

# What a `noted` event is about when a stored backup was verified again.
VERIFIED_AGAIN = "backup_verified"


@dataclass(frozen=True, slots=True)
class Standing:
    """`proved` is the highest level that held since anything failed; `failed` the highest that did not and stands."""

    proved: Level | None = None
    failed: Level | None = None

    @property
    def good(self) -> bool:
        """True where something was proved and nothing stands against it."""
        return self.proved is not None and self.failed is None

    def reaches(self, level: Level) -> bool:
        """True where it is good, and was proved as far as `level` asks for."""
        return self.good and self.proved is not None and self.proved.covers(level)

    def after(self, level: Level, good: bool) -> Standing:
        """The standing after one more verification.

        What a thorough one found wrong no superficial one takes back: that needs the same level, or a higher one.
        A failure takes all back that was proved before: what was mended since is another backup.
        """
        if not good:
            return Standing(None, level if self.failed is None or level.covers(self.failed) else self.failed)
        lifted = self.failed is not None and level.covers(self.failed)
        proved = level if self.proved is None or level.covers(self.proved) else self.proved
        return Standing(proved, None if lifted else self.failed)


def first_standing(verification: Verification | None) -> Standing:
    """The standing by the verification that it was recorded with; None for one that cannot be read.

    Where nobody looked nothing is proved, and nothing failed.
    """
    if verification is None or not verification.findings:
        return Standing()
    return Standing().after(verification.level, verification.good)


def standings(first: Mapping[str, Verification | None], events: Iterable[Event]) -> dict[str, Standing]:
    """The standing of each backup of `first` (id to its own verification) after all that `events` tell, in order."""
    found = {identifier: first_standing(verification) for identifier, verification in first.items()}
    for event in events:
        if event.kind != "noted":
            continue
        body = event.body
        identifier = str(body.get("backup", ""))
        if body.get("about") == VERIFIED_AGAIN and identifier in found:
            level, good = _told(body)
            found[identifier] = found[identifier].after(level, good)
    return found


def _told(body: Mapping[str, object]) -> tuple[Level, bool]:
    """A note whose level is none of ours proves nothing; what it says against a backup counts in full."""
    try:
        return Level(str(body.get("level", ""))), body.get("good") is True
    except ValueError:
        return Level.DATA, False
