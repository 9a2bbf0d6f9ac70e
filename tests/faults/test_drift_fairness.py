"""Every planted modification is found among real, legitimate changes, and nobody is accused of what they did not do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.drift import legitimate, planted_files, planted_settings, planted_sql
from tests.faults.drift.practice import Practice, practised
from tests.faults.drift.rounds import ROUNDS
from tests.faults.drift.scoring import Row
from tests.faults.drift.trial import Trial, tried
from tests.faults.drift.tricks import tricks

pytestmark = pytest.mark.lab
PLANTED = (*planted_files.KINDS, *planted_settings.KINDS, *planted_settings.FIXED, *planted_sql.KINDS)
LEGITIMATE = ("apt install", "apt upgrade", "apt purge", "our patches", *legitimate.KINDS)
# What wants packages to be there, or older ones, before the first look.
SLOW = frozenset({"firewall", "log rotation", "apt upgrade", "apt purge"})


@pytest.mark.faults
def test_a_few_planted_among_a_few_legitimate_and_a_few_hidden(tmp_path: Path) -> None:
    with practised(tmp_path) as practice:
        trial = tried(practice, planted=40, legitimate_ones=40, rounds=1, without=SLOW)
        assert not (trial.score.missed or trial.score.excused or trial.score.accused or trial.unknown), trial.told()
        assert sum(row.found for row in trial.score.rows.values()) == 40
        hidden = next(trick for trick in tricks() if trick.name == "find that keeps silent")
        practice.stage.shell(f"set -e\nmkdir -p /run/kept\n{hidden.hide}")
        assert any("find" in one for one in practice.watch.look().disagreements)


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """The whole trial, in five rounds: a look after each."""
    with practised(tmp_path_factory.mktemp("fairness")) as practice:
        yield tried(practice, planted=500, legitimate_ones=500, rounds=5)


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", [*PLANTED, *LEGITIMATE])
def test_planted_and_legitimate_changes(kind: str, thousand: Trial, record_property: pytest.RecordProperty) -> None:
    row = thousand.score.rows[kind]
    accused = sum(deed is not None and deed.kind == kind for deed, _ in thousand.score.accused)
    record_property("is", "planted" if row.planted else "legitimate")
    record_property("changes", row.deeds)
    record_property("found", row.found if row.planted else "")
    record_property("accused", "" if row.planted else accused)
    record_property("verdicts", ", ".join(f"{word} {count}" for word, count in row.verdicts.most_common()))
    assert row.found == (row.deeds if row.planted else 0), thousand.told()
    assert accused == 0, thousand.told()


@pytest.mark.faults_whole
@pytest.mark.timeout(3600)
def test_five_hundred_and_five_hundred(thousand: Trial, record_property: pytest.RecordProperty) -> None:
    rows = thousand.score.rows.values()
    record_property("planted", sum(row.deeds for row in rows if row.planted))
    record_property("found", sum(row.found for row in rows))
    record_property("legitimate", sum(row.deeds for row in rows if not row.planted))
    record_property("accused", len(thousand.score.accused))
    for what, took in thousand.seconds.items():
        record_property(f"{what} s", f"{took:.0f}")
    assert sum(row.found for row in rows) == sum(row.deeds for row in rows if row.planted) >= 500, thousand.told()
    assert sum(row.deeds for row in rows if not row.planted) >= 500
    # Nor is anybody accused of what no plan could name, such as what a package's scripts leave behind.
    assert not thousand.score.accused, thousand.told()
    assert not thousand.unknown


@pytest.fixture(scope="module")
def stage_of_rounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """A system for the rounds of their own, one after the other; each begins with a new baseline."""
    with practised(tmp_path_factory.mktemp("rounds")) as practice:
        yield practice


@pytest.mark.faults_whole
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", ROUNDS)
def test_rounds_of_their_own(name: str, stage_of_rounds: Practice, record_property: pytest.RecordProperty) -> None:
    found = ROUNDS[name](stage_of_rounds)
    planted = [row for row in found.rows.values() if row.planted]
    legitimate_ones = [row for row in found.rows.values() if not row.planted]
    record_property("planted", sum(row.deeds for row in planted))
    record_property("found", sum(row.found for row in planted))
    record_property("said of the planted", _verdicts(planted))
    record_property("legitimate", sum(row.deeds for row in legitimate_ones))
    record_property("accused", len(found.accused))
    record_property("said of the legitimate", _verdicts(legitimate_ones))
    assert not (found.missed or found.excused or found.accused), Trial(found, {}, ()).told()


def _verdicts(rows: list[Row]) -> str:
    words = sum((row.verdicts for row in rows), Counter[str]())
    return ", ".join(f"{word} {count}" for word, count in words.most_common())
