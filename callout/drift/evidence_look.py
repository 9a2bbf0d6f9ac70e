"""Asks the package managers of a system about what changed: whose it is, and whether it is what they shipped."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable
from dataclasses import replace

from access_check.escaping import shown
from callout.drift.asking import NotWhole, ask_again, ask_sections
from callout.drift.collecting import Randomness
from callout.drift.find_words import matcher
from callout.drift.look import Section
from callout.drift.package_evidence import Said, questions, read_evidence
from callout.drift.package_words import Match, PackageEvidence
from callout.drift.scope import DriftScope
from callout.shell import Session

# So many of the files that are said to be as shipped are read as bytes, and hashed here.
SAMPLE = 12
MOST_BYTES = 1024 * 1024


def look_for_evidence(
    session: Session, scope: DriftScope, paths: Iterable[str], accounts: Iterable[str], *, randomness: Randomness
) -> PackageEvidence:
    """What the package managers say of changed `paths` and `accounts` (names of users and groups).

    In two round trips: the MD5 of files is what the system says, and a sample of it is held against their bytes.
    What did not come whole is told (`whole`, `why`), not raised. Raises TrustRefused.
    """
    asked = questions(scope.file_systems, paths, accounts)
    told, why = ask_sections(
        session, "drift_evidence", ("", *scope.file_systems), (Section.PACKAGES,), stdin=asked.text()
    )
    state = told.state(Section.PACKAGES, why or "it did not come")
    if not state.is_whole:
        return PackageEvidence(why=state.why)
    said = read_evidence(told.blocks(Section.PACKAGES), asked)
    doubts = _doubts(session, scope, said, randomness)
    words = said.words
    if doubts:
        # A tool that lies once is believed in nothing.
        words = [replace(word, shipped=Match.UNKNOWN) if word.shipped is Match.SAME else word for word in words]
    return PackageEvidence(tuple(words), tuple(said.accounts), tuple(said.log), tuple(doubts), whole=True)


def _doubts(session: Session, scope: DriftScope, said: Said, randomness: Randomness) -> list[str]:
    """A sentence for each file of a sample whose bytes have another MD5 than the system tells."""
    secret = matcher(scope.secret_globs)
    same = [_bytes(word.path) for word in said.words if word.shipped is Match.SAME]
    draw = random.Random(randomness.seed)  # noqa: S311  # the seed cannot be foreseen, and can be told again
    open_ones = [path for path in same if not secret.match(path)]
    sample = draw.sample(open_ones, min(SAMPLE, len(open_ones)))
    if not sample:
        return []
    try:
        items = [b"b" + path for path in sample]
        answer, _ = ask_again(session, "", items, randomness.nonce, MOST_BYTES, programs=())
    except NotWhole as error:
        return [f"The second look at files of packages did not come whole: {error.why}."]
    doubts = []
    for path in sample:
        second = answer.seconds.get(path)
        if second is None or second.body is None:
            doubts.append(f"{shown(path)} could not be read a second time.")
        elif len(second.body) < MOST_BYTES:
            found = hashlib.md5(second.body, usedforsecurity=False).hexdigest()
            if found != said.sums.get(path.decode("utf-8", "surrogateescape")):
                doubts.append(f"{shown(path)} has other bytes than md5sum tells.")
    return doubts


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
