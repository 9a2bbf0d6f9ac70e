"""Each role's Molecule scenario on the lab, one test per role."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROLES = sorted(path.name for path in (HERE.parents[1] / "roles").iterdir() if path.is_dir())


def test_every_role_has_a_scenario():
    assert sorted(path.parent.name for path in HERE.glob("*/molecule.yml")) == ROLES


@pytest.mark.lab
@pytest.mark.parametrize("role", ROLES)
def test_scenario(role, lab):
    """`tests/molecule/run ROLE` does the same by hand."""
    done = subprocess.run(
        [str(HERE / "run"), role],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "LAB_IS_UP": "yes"},
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
