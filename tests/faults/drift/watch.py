"""Looks at a stage as the product does, and tells what it said in the words of a score."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

from callout.drift.catalogue import catalogue_of
from callout.drift.collecting import Randomness, collect
from callout.drift.compare import Compared, compare
from callout.drift.evidence import CalloutOfOurs, Evidence, LookWord, PatchedFile
from callout.drift.evidence_look import look_for_evidence
from callout.drift.judged import Judged
from callout.drift.look import LookFile, Section, differing
from callout.drift.scope import drift_scope_of
from callout.drift.verdict import judge
from callout.ledger import Event
from callout.shell import OpenSSHSession
from callout.steps.context import Context
from tests.faults.drift.doing import utc_now
from tests.faults.drift.scoring import Said
from tests.faults.drift.stage import Stage

SALT = b"salt of the practice stage"
# What the product's API says of itself; no round is an upgrade of it.
VERSION = "7.2"


@dataclass(frozen=True)
class Spoken:
    """What one look against the one before came to. `unknown` are sections that could not be compared, with why."""

    said: tuple[Said, ...]
    unknown: tuple[str, ...]
    disagreements: tuple[str, ...]


@dataclass
class Watch:
    """Remembers a look, and holds the next one against it. `seconds` adds up how long they took."""

    stage: Stage
    context: Context
    seconds: dict[str, float] = field(default_factory=dict)
    before: LookFile | None = None

    def remember(self) -> None:
        """The first look: the baseline."""
        self.before = self._looked(full=True)

    def look(self, *, full: bool = False, keep: bool = True) -> Spoken:
        """Another look, judged; it is the next one's baseline if `keep`."""
        assert self.before is not None
        before, after = self.before, self._looked(full=full)
        began = time.monotonic()
        compared = compare(before.look, after.look, differing(before, after))
        judged = self._judged(before, after, compared)
        self._took("verdicts", began)
        if keep:
            self.before = after
        unknown = tuple(f"{section}: {why}" for section, why in compared.unknown)
        return Spoken(tuple(map(_said, judged)), unknown, after.look.disagreements)

    def _looked(self, full: bool) -> LookFile:
        began = time.monotonic()
        found = collect(
            self._session(), drift_scope_of(self.stage.system), previous=self.before, full=full,
            randomness=_randomness(), salt=SALT, now=utc_now, product_version=VERSION,
        )  # fmt: skip
        self._took("looks", began)
        return found

    def _judged(self, before: LookFile, after: LookFile, compared: Compared) -> tuple[Judged, ...]:
        system = self.stage.system
        paths = [change.subject for change in compared.changes if change.section is Section.FILES]
        accounts = [one.subject for one in compared.changes if one.section in (Section.USERS, Section.GROUPS)]
        packages = look_for_evidence(
            self._session(), drift_scope_of(system), paths, accounts, randomness=_randomness()
        )  # fmt: skip
        evidence = Evidence(
            system.name, LookWord.of(before.look), LookWord.of(after.look), patched=self._patched(),
            callouts=self._callouts(), packages=packages, logins=after.look.logins, texts_before=before.look.texts,
            texts_after=after.look.texts, not_whole=compared.not_whole,
        )  # fmt: skip
        return judge(compared.changes, evidence, catalogue_of(system), now=utc_now())

    def _patched(self) -> dict[str, tuple[PatchedFile, ...]]:
        found: dict[str, tuple[PatchedFile, ...]] = {}
        for event in self.context.ledger.events(kind="patched", system=self.stage.container):
            for one in event.body["files"]:
                found[one["path"]] = (*found.get(one["path"], ()), _patched_file(event, one))
        return found

    def _callouts(self) -> tuple[CalloutOfOurs, ...]:
        opened = self.context.ledger.events(kind="opened", system=self.stage.container)
        return tuple(CalloutOfOurs(event.callout, event.happened_at, None) for event in opened)

    def _session(self) -> OpenSSHSession:
        return OpenSSHSession(self.stage.system.target)

    def _took(self, what: str, began: float) -> None:
        self.seconds[what] = self.seconds.get(what, 0) + time.monotonic() - began


def _patched_file(event: Event, one: dict[str, dict[str, str]]) -> PatchedFile:
    before, after = one["before"], one["after"]
    return PatchedFile(
        event.body["bundle"], event.callout, event.id, event.happened_at, before["sha256"], after["sha256"],
        after.get("mode", ""), after.get("owner", ""),
    )  # fmt: skip


def _randomness() -> Randomness:
    return Randomness(secrets.randbits(32), secrets.token_hex(16))


def _said(one: Judged) -> Said:
    change = one.change
    values = str({**(change.before or {}), **(change.after or {})})
    return Said(change.section, change.subject, values, one.provenance, f"{one.rule}: {' '.join(one.evidence)}")
