"""Every planted modification is found among real, legitimate changes, and nobody is accused of what they did not do."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from callout.ledger import open_ledger
from callout.shell import OpenSSHSession
from callout.steps.context import Context
from tests.faults.drift import legitimate, planted_files, planted_settings, planted_sql
from tests.faults.drift.deeds import Deed
from tests.faults.drift.doing import Doer, utc_now
from tests.faults.drift.plan import Plan, draw
from tests.faults.drift.scoring import Row, Score, score, table
from tests.faults.drift.stage import Stage, staged
from tests.faults.drift.watch import Watch

pytestmark = pytest.mark.lab
SEED = 20261123
PLANTED = (*planted_files.KINDS, *planted_settings.KINDS, *planted_settings.FIXED, *planted_sql.KINDS)
LEGITIMATE = ("apt install", "apt upgrade", "apt purge", "our patches", *legitimate.KINDS)


@dataclass(frozen=True)
class Trial:
    """What a plan came to. `seconds` by what took them; `unknown` are sections that could not be compared."""

    plan: Plan
    score: Score
    seconds: dict[str, float]
    unknown: tuple[str, ...]


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[tuple[Stage, Doer]]:
    with staged(tmp_path / "inventory") as stage:
        yield from _with_context(stage)


def _with_context(stage: Stage) -> Iterator[tuple[Stage, Doer]]:
    places = stage.places
    ledger = open_ledger(places.ledger, utc_now)
    context = Context(ledger, places, "eva@desk", utc_now, OpenSSHSession)
    yield stage, Doer(stage, context)
    ledger.close()


def _tried(stage: Stage, doer: Doer, planted: int, legitimate_ones: int, rounds: int) -> Trial:
    doer.put_product_files()
    plan = draw(SEED, stage.files(), planted=planted, legitimate_ones=legitimate_ones, rounds=rounds)
    doer.prepare(plan)
    watch = Watch(stage, doer.context)
    watch.remember()
    whole, unknown = Score({}, [], [], []), []
    for deeds in plan.rounds:
        doer.do(deeds)
        spoken = watch.look()
        whole = whole.joined(score(deeds, spoken.said))
        unknown += spoken.unknown
    return Trial(plan, whole, {**doer.seconds, **watch.seconds}, tuple(unknown))


def _told(trial: Trial) -> str:
    """What a person needs to see why it failed: the table, and the first of each sort."""
    lines = [
        table(trial.score.rows.values()),
        f"seconds: {trial.seconds}",
        *(f"unknown: {one}" for one in trial.unknown),
    ]
    lines += [f"missed: {deed.kind}: {deed.text}" for deed in trial.score.missed]
    lines += [f"excused: {deed.kind}: {said}" for deed, said in trial.score.excused]
    lines += [f"accused: {deed.kind if deed else 'nobody'}: {said}" for deed, said in trial.score.accused]
    return "\n".join(lines)


@pytest.mark.faults
def test_a_few_planted_among_a_few_legitimate(practice: tuple[Stage, Doer]) -> None:
    trial = _tried(*practice, planted=40, legitimate_ones=40, rounds=1)
    assert not (trial.score.missed or trial.score.excused or trial.score.accused or trial.unknown), _told(trial)
    assert sum(row.found for row in trial.score.rows.values()) == 40


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    with staged(tmp_path_factory.mktemp("drift") / "inventory") as stage:
        for made in _with_context(stage):
            trial = _tried(*made, planted=500, legitimate_ones=500, rounds=5)
            print(_told(trial))
            yield trial


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
    assert row.found == (row.deeds if row.planted else 0)
    assert accused == 0
