"""Whoever hides a modification is found out: by the modification, by what hides it, or by two ways that disagree."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.drift.practice import Practice, practised
from tests.faults.drift.scoring import UNKNOWN, UNSUPPORTED
from tests.faults.drift.tricks import Trick, tricks
from tests.faults.drift.watch import Spoken

pytestmark = pytest.mark.lab
TRICKS = tricks()


@pytest.fixture(scope="module")
def remembered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """A stage with its baseline, for all attempts in turn."""
    with practised(tmp_path_factory.mktemp("evasion")) as practice:
        practice.stage.shell("mkdir -p /run/kept")
        practice.watch.remember()
        yield practice


def _tried(practice: Practice, trick: Trick) -> Spoken:
    """What is said while it is hidden; afterwards it is undone, whatever came of it."""
    practice.stage.shell(f"set -e\n{trick.hide}")
    try:
        return practice.watch.look()
    finally:
        practice.stage.shell(f"set -e\n{trick.undo}")


def _how(trick: Trick, spoken: Spoken) -> list[str]:
    """By which findings that nobody explains, and by which disagreements it is found out."""
    unexplained = [one for one in spoken.said if one.provenance in (UNSUPPORTED, UNKNOWN)]
    marked = [one for one in unexplained if any(mark.fits(one.section, one.subject) for mark in trick.marks)]
    loud = [one for one in spoken.disagreements if any(word in one for word in trick.disagreeing)]
    return [f"{one.provenance}: {one.section} {one.subject}" for one in marked] + loud


@pytest.mark.faults_whole
@pytest.mark.timeout(900)
@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.name)
def test_attempts_to_hide(trick: Trick, remembered: Practice, record_property: pytest.RecordProperty) -> None:
    spoken = _tried(remembered, trick)
    found = _how(trick, spoken)
    record_property("found out by", "; ".join(found)[:300])
    assert found, (spoken.disagreements, spoken.unknown)
