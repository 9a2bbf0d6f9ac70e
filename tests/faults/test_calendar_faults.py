"""Thousands of calendars that nobody would write, each beside a walk through its minutes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.policy.drawn_hours import held_against_the_walk, tried


@pytest.mark.faults_whole
@pytest.mark.timeout(1800)
@settings(max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=tried(), data=st.data())
def test_3000_calendars_in_ten_zones_are_those_of_the_walk(case, data):
    held_against_the_walk(case, data)
