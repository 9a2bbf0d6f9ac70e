"""Retention under any history, and pruning that is killed: nothing needed goes, and the next run knows where it was."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callout.inventory.policy import Retention
from tests.unit.backups.histories import DEEDS, RULES, ZONES, require_invariants

Deeds = list[tuple[int, str, int, int]]
LATER = st.integers(0, 2000)


@pytest.mark.faults
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(deeds=DEEDS, rules=RULES, zone=ZONES, later=LATER)
def test_random_histories_keep_the_invariants(deeds: Deeds, rules: Retention, zone: str, later: int) -> None:
    require_invariants(deeds, rules, zone, later)


@pytest.mark.faults_whole
@pytest.mark.timeout(1800)
@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(deeds=DEEDS, rules=RULES, zone=ZONES, later=LATER)
def test_2000_random_histories_keep_the_invariants(deeds: Deeds, rules: Retention, zone: str, later: int) -> None:
    require_invariants(deeds, rules, zone, later)
