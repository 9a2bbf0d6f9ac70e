"""One look at a system: asked in few round trips, put together here. It looks; what it means others decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from access_check.escaping import shown
from callout.drift.asking import NotWhole, ask_again, ask_files, ask_hashes, ask_sections
from callout.drift.cross_check import MOST_BYTES, chosen, disagreements, missing
from callout.drift.database_words import counted
from callout.drift.facts import facts_of
from callout.drift.find_words import covered, holds, kernel_points, listing_of, matcher
from callout.drift.hashes import Hashes
from callout.drift.look import (
    DATABASE_SECTIONS,
    SYSTEM_SECTIONS,
    Fact,
    Hashed,
    Look,
    LookFile,
    Section,
    SectionState,
    Whole,
)  # fmt: skip
from callout.drift.reading import Reading, changed_beneath, plan_reading, records_of, unread, without_many_programs
from callout.drift.scope import DriftScope
from callout.drift.sections import Told
from callout.drift.texts import read_texts, wanted_texts
from callout.errors import Unreachable
from callout.shell import Session

# Files that could not be read are asked for once more; where there are more, something else is wrong.
MOST_DOUBTFUL = 1000


@dataclass(frozen=True, slots=True)
class Randomness:
    """What nobody over there may foresee: `seed` draws the samples, `nonce` (hex) parts the frames. Fresh each time."""

    seed: int
    nonce: str


@dataclass
class _Seen:
    """What one look has gathered so far."""

    told: Told
    states: dict[Section, SectionState]
    facts: list[Fact]
    disagreements: list[str] = field(default_factory=list)
    reading: Reading | None = None
    began_s: int = 0
    hashes: Hashes = field(default_factory=Hashes)
    texts: Mapping[str, str] = field(default_factory=dict)
    unread: list[bytes] = field(default_factory=list)

    def of(self, section: Section) -> list[Fact]:
        return [fact for fact in self.facts if fact.section is section]


def collect(
    session: Session,
    scope: DriftScope,
    *,
    previous: LookFile | None,
    full: bool,
    randomness: Randomness,
    salt: bytes,
    now: Callable[[], dt.datetime],
    product_version: str = "",
) -> LookFile:
    """A look at the system; keep it with `write_look`. Its files are in memory, about 0.5 KB each.

    Without `previous`, or with `full`, every regular file of the scope is read; else those that are not as they were
    then, and a sample. What does not come whole is unknown in the look. Raises Unreachable where nothing came at all,
    TrustRefused for a strange host key.
    """
    taken_at = now()
    told, why = ask_sections(session, "drift_facts", (" ".join(SYSTEM_SECTIONS), *scope.file_systems), SYSTEM_SECTIONS)
    if not told.sections and not told.clock_s:
        came = why.rstrip(".") or "no section came"
        raise Unreachable(f"{session.name}: a look at it brought nothing: {came}.", "Look again.")
    seen = _Seen(told, *facts_of(told, SYSTEM_SECTIONS, salt, why or "it did not come"))
    calm = _calm(scope, told)
    _see_database(session, scope, calm, salt, seen)
    everything = full or previous is None
    _see_files(session, scope, calm, previous, everything, randomness, seen)
    if seen.reading is not None:
        _see_again(session, scope, calm, previous, randomness, salt, seen)
    if previous is not None:
        before = list(previous.look.of(Section.MOUNTS))
        seen.disagreements += covered(seen.of(Section.MOUNTS), before, scope.roots) if before else []
    look = Look(
        id=f"{taken_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{randomness.nonce[:6]}",
        system=session.name,
        taken_at=taken_at.astimezone(dt.UTC),
        clock_s=told.clock_s,
        product_version=product_version,
        scope_hash=scope.hash,
        hashed=Hashed.NONE if seen.reading is None else Hashed.ALL if everything else Hashed.CHANGED,
        sections={section: seen.states[section] for section in Section},
        facts=tuple(sorted(seen.facts, key=lambda fact: (fact.section, fact.subject))),
        texts=dict(seen.texts),
        logins=tuple(told.logins),
        disagreements=tuple(seen.disagreements),
        files_count=len(seen.reading.paths) - len(seen.reading.gone) if seen.reading else 0,
        unread_count=len(seen.unread),
    )
    reading, hashes = seen.reading, seen.hashes
    return LookFile(look, lambda: records_of(reading, hashes) if reading else iter(()))


def _calm(scope: DriftScope, told: Told) -> str:
    """Words before each reader, so that calls come first: those that this system knows."""
    words = [f"nice -n {scope.nice}"] if "nice-works" in told.tools and scope.nice else []
    return " ".join([*words, *(["ionice -c 3"] if "ionice-works" in told.tools and scope.idle_io else [])])


def _see_database(session: Session, scope: DriftScope, calm: str, salt: bytes, seen: _Seen) -> None:
    if not scope.database or not scope.client:
        why = "the product has no database" if not scope.database else "no client of its database is known"
        seen.states.update(dict.fromkeys(DATABASE_SECTIONS, SectionState(Whole.ABSENT, why)))
        return
    arguments = (calm, scope.database, counted(scope.count_tables), *scope.client)
    told, why = ask_sections(session, "drift_database", arguments, DATABASE_SECTIONS)
    states, facts = facts_of(told, DATABASE_SECTIONS, salt, why or "it did not come")
    seen.states.update(states)
    seen.facts += facts


def _see_files(
    session: Session,
    scope: DriftScope,
    calm: str,
    previous: LookFile | None,
    everything: bool,
    randomness: Randomness,
    seen: _Seen,
) -> None:
    """Lists, and reads what has to be read. Without knowing what is mounted nothing is: some files have no end."""
    if not seen.states[Section.MOUNTS].is_whole:
        seen.states[Section.FILES] = _unknown("what is mounted is not told, so nothing was listed")
        return
    try:
        listing = listing_of(scope.roots, scope.prunes, seen.of(Section.MOUNTS), scope.sifted)
        listed, seen.began_s = ask_files(session, calm, listing)
        if not listed:
            raise NotWhole("find lists nothing at all")
        listed, programs = without_many_programs(listed, scope.sifted)
        if programs:
            seen.disagreements.append(
                f"{programs} files below {', '.join(scope.sifted)} may be executed, too many to tell apart: of those "
                "only what runs with somebody else's rights is looked at."
            )
        before = previous.entries() if previous is not None else iter(())
        reading = plan_reading(listed, before, matcher(scope.skipped_globs), full=everything, seed=randomness.seed)
    except NotWhole as error:
        seen.states[Section.FILES] = _unknown(f"the list of files is not whole: {error.why}")
        return
    seen.reading, wanted = reading, reading.wanted()
    seen.states[Section.FILES] = SectionState(Whole.WHOLE, way="find")
    try:
        seen.hashes = ask_hashes(session, calm, wanted, packed="gzip" in seen.told.tools)
    except NotWhole as error:
        seen.states[Section.FILES] = _unknown(f"the hashes of files are not whole: {error.why}")
    seen.unread = unread(wanted, seen.hashes)
    seen.disagreements += [
        f"{shown(path)} has another content than before, and size, times and inode that are the same."
        for path in changed_beneath(reading, seen.hashes)
    ]


def _see_again(
    session: Session,
    scope: DriftScope,
    calm: str,
    previous: LookFile | None,
    randomness: Randomness,
    salt: bytes,
    seen: _Seen,
) -> None:
    """Texts, and the cross-checks. That these do not come is said: nobody then knows whether the first look lied."""
    reading = seen.reading
    assert reading is not None
    sums = _sums(reading, seen.hashes)
    kept, fresh = wanted_texts(reading, sums, previous.look.texts if previous else {}, scope)
    secret = matcher(scope.secret_globs)
    items = chosen(
        reading.paths, reading.told, fresh, seen.unread[:MOST_DOUBTFUL], secret, randomness.seed, holds(scope.sifted)
    )  # fmt: skip
    try:
        answer, _ = ask_again(session, calm, items.words(), randomness.nonce, MOST_BYTES)
    except NotWhole as error:
        seen.disagreements.append(f"The second look did not come whole: {error.why}.")
        seen.texts = kept
        return
    if count := missing(answer, items):
        seen.disagreements.append(f"The second look says nothing of {count} files and folders that it was asked for.")
    # A file that could not be read, and is not there by the shell's own word either: it is no part of this look.
    reading.gone = {path for path in seen.unread if (second := answer.seconds.get(path)) and not second.there}
    seen.unread = [path for path in seen.unread if path not in reading.gone]
    unnamed = [point.encode("utf-8", "surrogateescape") for point in kernel_points(seen.of(Section.MOUNTS))]
    seen.disagreements += disagreements(answer, reading.paths, reading.told, sums, unnamed, seen.began_s)
    seen.texts = kept | read_texts(answer, fresh, scope.maximum_text_bytes, salt)


def _sums(reading: Reading, hashes: Hashes) -> dict[bytes, bytes]:
    """SHA-256 by path, of what was read now, and of what was read before and looks the same."""
    found = {
        path: record[-64:]
        for path, told, record in zip(reading.paths, reading.told, reading.records, strict=True)
        if record is not None and told.startswith(b"f ") and not record.endswith(b" -")
    }
    return found | hashes.sums


def _unknown(why: str) -> SectionState:
    return SectionState(Whole.UNKNOWN, why)
