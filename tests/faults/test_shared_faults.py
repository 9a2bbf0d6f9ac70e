"""One person's minutes for several customers: never billed twice, and no invoice changes whatever comes later."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.shared_years import live_side_by_side


@pytest.mark.faults
def test_6_random_histories_of_three_customers(tmp_path: Path) -> None:
    assert sum(live_side_by_side(tmp_path, seed) for seed in range(6)) > 6


@pytest.mark.faults_whole
@pytest.mark.timeout(1800)
def test_500_random_histories_of_three_customers(tmp_path: Path) -> None:
    assert sum(live_side_by_side(tmp_path, seed) for seed in range(500)) > 500
