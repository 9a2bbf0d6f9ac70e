"""A whole trial: a plan's rounds, done and looked at, and its score."""

from __future__ import annotations

from dataclasses import dataclass

from tests.faults.drift.plan import draw
from tests.faults.drift.practice import Practice
from tests.faults.drift.scoring import Score, score, table

SEED = 20261123


@dataclass(frozen=True)
class Trial:
    """What a plan came to. `seconds` by what took them; `unknown` are sections that could not be compared."""

    score: Score
    seconds: dict[str, float]
    unknown: tuple[str, ...]

    def told(self) -> str:
        """What a person needs to see why it failed: the table, and each that went wrong."""
        lines = [table(self.score.rows.values()), *(f"{what}: {took:.1f} s" for what, took in self.seconds.items())]
        lines += [f"unknown: {one}" for one in self.unknown]
        lines += [f"missed: {deed.kind}: {deed.text}" for deed in self.score.missed]
        lines += [f"excused: {deed.kind}: {deed.text}: {said}" for deed, said in self.score.excused]
        lines += [f"accused: {deed.kind if deed else 'nobody'}: {said}" for deed, said in self.score.accused]
        return "\n".join(lines)


def tried(
    practice: Practice, planted: int, legitimate_ones: int, rounds: int, without: frozenset[str] = frozenset()
) -> Trial:
    """So many of each in so many rounds, each with a look of its own and a baseline before it."""
    files = practice.stage.files()
    plan = draw(
        SEED, files, planted=planted, legitimate_ones=legitimate_ones, rounds=rounds, without=without
    )  # fmt: skip
    practice.doer.prepare(plan)
    practice.watch.remember()
    whole, unknown = Score({}, [], [], []), []
    for number, deeds in enumerate(plan.rounds):
        if number:
            practice.watch.remember()
        practice.doer.do(deeds)
        spoken = practice.watch.look()
        whole = whole.joined(score(deeds, spoken.said))
        unknown += spoken.unknown
    return Trial(whole, {**practice.doer.seconds, **practice.watch.seconds}, tuple(unknown))
