"""Which past jobs count, why, and the figures that are taken from them."""

from __future__ import annotations

import statistics
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from callout.policy.similar_work import Basis, Likeness, PastJob, Whose, similar_jobs, words_of

JOB = PastJob(
    "globex T-1", "globex", "pbxware", frozenset({"maintenance"}), frozenset({"maintain"}), frozenset({"PW-1"}),
    words_of("Voicemail lost after upgrade"), 3600, ("e1",),
)  # fmt: skip
WANTED = Likeness("globex", least=1)


def job(number: int, **changes: object) -> PastJob:
    return replace(JOB, key=f"globex T-{number}", events=(f"e{number}",), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "alike"),
    [
        ({}, True),
        ({"activity": "maintenance", "product": "pbxware", "playbook": "maintain", "bundle": "PW-1"}, True),
        ({"activity": "support"}, False),
        ({"product": "serverware"}, False),
        ({"playbook": "restore"}, False),
        ({"bundle": "PW-2"}, False),
        ({"text": "lost voicemail"}, True),
        ({"text": "Voicemail broken"}, True),
        ({"text": "no voicemail on trunk of tenant"}, False),
        ({"text": "a b"}, False),
    ],
)
def test_every_characteristic_that_is_asked_for_must_hold(asked: dict[str, str], alike: bool) -> None:
    basis = similar_jobs([JOB], replace(WANTED, **asked))  # type: ignore[arg-type]
    assert (len(basis.jobs) == 1, basis.enough) == (alike, alike)


def test_this_customers_count_first_and_everybodys_where_there_are_too_few() -> None:
    own = [job(1, seconds=60), job(2, seconds=120)]
    others = [job(3, customer="acme", seconds=600), job(4, customer="acme", seconds=1200)]
    few = replace(WANTED, least=2)
    assert similar_jobs(own + others, few).events == ("e1", "e2")
    more = similar_jobs(own + others, replace(few, least=3))
    assert more.events == ("e1", "e2", "e3", "e4")
    assert more.reasons == (
        "Compared: nothing, all past jobs.",
        "2 of 2 past jobs of globex are like it.",
        "That is fewer than 3, so all customers' count.",
        "4 of 4 past jobs of all customers are like it.",
    )
    strict = similar_jobs(own + others, replace(few, least=3, whose=Whose.THIS))
    assert (strict.enough, strict.reasons[-1]) == (False, "2 of 3 needed: too few to quote from.")
    assert similar_jobs(own + others, replace(few, whose=Whose.ALL)).events == ("e1", "e2", "e3", "e4")


@given(some.lists(some.integers(1, 10**6), min_size=1, max_size=60))
def test_median_and_nine_of_ten(seconds: list[int]) -> None:
    basis = Basis(tuple(job(number, seconds=one) for number, one in enumerate(seconds)), True, ())
    assert basis.median_seconds == -(-statistics.median(seconds) // 1)
    within = sum(one <= basis.p90_seconds for one in seconds)
    below = sum(one < basis.p90_seconds for one in seconds)
    assert basis.p90_seconds in seconds
    assert within * 10 >= 9 * len(seconds) > below * 10


def test_no_job_no_figure() -> None:
    with pytest.raises(ValueError):
        _ = Basis((), False, ()).median_seconds
    with pytest.raises(ValueError):
        _ = Basis((), False, ()).p90_seconds
