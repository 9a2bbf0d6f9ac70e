"""Looks at a stage as the product does, and tells what it said in the words of a score."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

from callout.drift.collecting import Randomness, collect
from callout.drift.compare import compare
from callout.drift.look import LookFile, differing
from callout.drift.scope import drift_scope_of
from callout.shell import OpenSSHSession
from callout.steps.context import Context
from tests.faults.drift.doing import utc_now
from tests.faults.drift.scoring import Said
from tests.faults.drift.stage import Stage

SALT = b"salt of the practice stage"


@dataclass(frozen=True)
class Spoken:
    """What one look against the one before came to. `unknown` are sections that could not be compared, with why."""

    said: tuple[Said, ...]
    unknown: tuple[str, ...]
    disagreements: tuple[str, ...]


@dataclass
class Watch:
    stage: Stage
    context: Context
    seconds: dict[str, float] = field(default_factory=dict)
    before: LookFile | None = None

    def remember(self, full: bool = True) -> None:
        self.before = self._collect(full=full)

    def _collect(self, full: bool) -> LookFile:
        began = time.monotonic()
        session = OpenSSHSession(self.stage.system.target)
        scope = drift_scope_of(self.stage.system)
        look = collect(
            session,
            scope,
            previous=self.before,
            full=full,
            randomness=Randomness(secrets.randbits(32), secrets.token_hex(16)),
            salt=SALT,
            now=utc_now,
            product_version="7.2",
        )
        self.seconds["looks"] = self.seconds.get("looks", 0) + time.monotonic() - began
        return look

    def look(self, full: bool = False, keep: bool = True) -> Spoken:
        before, after = self.before, self._collect(full)
        compared = compare(before.look, after.look, differing(before, after))
        said = tuple(
            Said(c.section, c.subject, str(dict(c.after or {})), "unsupported", ",".join(c.aspects))
            for c in compared.changes
        )
        if keep:
            self.before = after
        return Spoken(said, tuple(f"{s}: {w}" for s, w in compared.unknown), after.look.disagreements)
