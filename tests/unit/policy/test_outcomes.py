"""Exactly one of the five outcomes, each with what it must say."""

from __future__ import annotations

import pytest

from callout.errors import BadInput
from callout.policy.outcomes import OUTCOMES, check_outcome


def test_there_are_five() -> None:
    assert len(OUTCOMES) == 5


@pytest.mark.parametrize(
    ("outcome", "why", "reference"),
    [
        ("satisfied", "", ""),
        ("not-possible", "the provider blocks it", ""),
        ("bug", "next release", "BUG-7"),
        ("feature-road-map", "", "RM-1"),
        ("feature-account-manager", "", "Ms Roe"),
    ],
)
def test_good_endings(outcome: str, why: str, reference: str) -> None:
    check_outcome(outcome, why, reference)


@pytest.mark.parametrize(
    ("outcome", "why", "reference", "hint"),
    [
        ("done", "", "", "satisfied"),
        ("not-possible", " ", "", "--why"),
        ("bug", "soon", "", "--reference"),
        ("feature-road-map", "", "", "--reference"),
        ("feature-account-manager", "x", " ", "--reference"),
    ],
)
def test_endings_that_say_too_little(outcome: str, why: str, reference: str, hint: str) -> None:
    with pytest.raises(BadInput) as refusal:
        check_outcome(outcome, why, reference)
    assert hint in refusal.value.hint
