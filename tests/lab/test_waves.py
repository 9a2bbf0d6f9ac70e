"""`maintain` in waves over twenty whole PBX containers of which one fails half-way: real sshd, Asterisk, MariaDB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.consented_callouts import consented
from benchmarks.practice_bundle import signed_bundle
from tests.conftest import ROOT
from tests.lab.wave_containers import NEEDED, PRODUCT, manifest_files, manifest_of, wave_containers

pytestmark = [pytest.mark.lab, pytest.mark.faults, pytest.mark.faults_whole, pytest.mark.timeout(2 * 3600)]
SYSTEMS, FAILS, WAVES = 20, 7, [1, 4, 5, 10]
NEEDED_THERE = f"{PRODUCT}{NEEDED}"
LONGEST_S = 3600


def maintain(inventory: Path, bundle: Path, **more: object) -> tuple[int, str]:
    given = {"ticket": "T-1", "bundle": str(bundle), "take_up": True, "waves": WAVES, **more}
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    run = subprocess.run(
        [program, "playbooks/maintain.yml", "-i", str(inventory), "-f", "10", "-e", json.dumps(given)],
        cwd=ROOT,
        env={**os.environ, "CALLOUT_ACTOR": "eva@desk", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
    )
    return run.returncode, run.stdout


def test_twenty_containers_of_which_one_fails_half_way(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    began = time.monotonic()
    with wave_containers(tmp_path, SYSTEMS) as made:
        record_property("up after s", round(time.monotonic() - began))
        inventory = made.inventory()
        source = tmp_path / "source"
        files = manifest_files(made, source)
        (source / "bundle.yml").write_text(manifest_of(files))
        bundle = signed_bundle(source, inventory, tmp_path)
        old = [made.images(number) for number in range(SYSTEMS)]
        made.inside(FAILS, f"mv {NEEDED_THERE} {NEEDED_THERE}.away")
        consented(inventory, bundle)

        began = time.monotonic()
        status, said = maintain(inventory, bundle)
        record_property("stopped after s", round(time.monotonic() - began))
        record_property("systems' memory MB", round(made.memory_mb()))
        assert status != 0
        assert "rolled back" in said
        assert "gui.page" in said or "GUI" in said, said
        now = [made.images(number) for number in range(SYSTEMS)]
        new = now[0]
        assert new != old[0]
        assert len(new) == len(files)
        # The canary, the second wave and those beside the one that failed are done; of the last wave none was begun.
        done = [number for number in range(SYSTEMS) if now[number] == new]
        record_property("done when it stopped", len(done))
        assert done == [number for number in range(sum(WAVES[:3])) if number != FAILS]
        assert [now[number] for number in range(SYSTEMS) if number not in done] == [
            old[number] for number in range(SYSTEMS) if number not in done
        ]

        made.inside(FAILS, f"mv {NEEDED_THERE}.away {NEEDED_THERE}")
        consented(inventory, bundle, only=made.name(FAILS))
        began = time.monotonic()
        status, said = maintain(inventory, bundle, resume=True)
        record_property("resumed s", round(time.monotonic() - began))
        assert status == 0, said
        for number in range(SYSTEMS):
            assert made.images(number) == new, number
            assert made.inside(number, f"ls -A {PRODUCT}/opt | grep -c '^.callout$' || true").strip() == "0"
