"""10,000 malformed manifests, built ones and source folders: each one sentence, in time, and small."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults.malformed_manifests import LIMIT_BYTES

ROOT = Path(__file__).parents[2]
WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=WHOLE)])
def test_malformed_manifests(count: int, tmp_path: Path, record_property: Any):
    """A process of its own reads them, with 256 MiB more than it begins with: what is anything but one sentence, or
    takes more, ends it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.malformed_manifests", str(count), str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=1800,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    for name, value in told.items():
        record_property(name, value)
    assert told["refused"] + told["whole"] == count
    assert told["refused"] > 0.9 * count
    assert told["slowest_s"] < 1, told["worst"]
    assert told["grown_bytes"] < LIMIT_BYTES
