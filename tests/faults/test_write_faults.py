"""ENOSPC and EIO at each write of a backup: ours and Borg's, the spool, the manifest, the ledger, the store."""

from __future__ import annotations

import collections
import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from callout.backups.archive import repository_of
from callout.steps.context import Context
from tests.faults.test_backup_faults import PYTHONPATH, ROOT, again, at, require_all_whole
from tests.unit.backups.practice_site import PracticeSite, build_site

SIDE_BY_SIDE = 2
NEVER = 1 << 40
# What a process of its own runs: one backup, whose end is told in a line.
VICTIM = """
import sys
from pathlib import Path
from callout.errors import CalloutError
from callout.steps.backup import back_up
from tests.faults.test_backup_faults import at
from tests.unit.backups.practice_site import PracticeSite
home = Path(sys.argv[1])
site = PracticeSite(home / "system", home)
try:
    print("stored", back_up(at(home, site.session()), site.system(), "CO-0001").id)
except CalloutError as error:
    print("told", error.exit_status, error.message)
"""


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that lets a write fail, made here."""
    compiler = shutil.which("cc") or pytest.skip("no C compiler here")
    made = tmp_path_factory.mktemp("shim") / "failing_writes.so"
    source = Path(__file__).with_name("failing_writes.c")
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", str(made), str(source), "-ldl"], check=True)
    return made


def fail_at(shim: Path, site: PracticeSite, place: int, what: int) -> tuple[str, int]:
    """How a backup ended whose `place`-th write fails with `what`, and how many writes there were."""
    count = site.home / "count"
    count.write_bytes(bytes(8))
    environment = {
        **os.environ,
        "PYTHONPATH": PYTHONPATH,
        "LD_PRELOAD": str(shim),
        "CALLOUT_FAIL_BELOW": str(site.home),
        "CALLOUT_FAIL_COUNT": str(count),
        "CALLOUT_FAIL_AT": str(place),
        "CALLOUT_FAIL_WITH": str(what),
    }
    words = [sys.executable, "-c", VICTIM, str(site.home)]
    ended = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True)
    said = ended.stdout.strip() or f"died: {ended.stderr.strip().splitlines()[-1][:200]}"
    return said, int.from_bytes(count.read_bytes(), sys.byteorder)


def try_write(shim: Path, home: Path, place: int, what: int) -> tuple[str, int]:
    """A failing write in a place of its own: whatever is listed is whole, and the next backup works."""
    home.mkdir()
    site = build_site(home)
    (site.product / "nasty/large").unlink()
    said, count = fail_at(shim, site, place, what)
    context = at(home, site.session())
    try:
        require_well(context, site, said)
    finally:
        context.ledger.close()
        shutil.rmtree(home)
    return said.split()[0], count


def require_well(context: Context, site: PracticeSite, said: str) -> None:
    assert said.startswith(("stored", "told")), said
    repository = repository_of(site.system(), context.places)
    recorded = {event.body["id"] for event in context.ledger.events(kind="backed_up")}
    names = require_all_whole(repository) if repository.is_there() else []
    assert recorded <= set(names)
    assert (said.partition(" ")[2] in recorded) is said.startswith("stored")
    assert again(context, site) in require_all_whole(repository, names)


@pytest.mark.faults
@pytest.mark.parametrize(("place", "what"), [(40, errno.ENOSPC), (11, errno.EIO)])
def test_a_write_that_fails(shim: Path, tmp_path: Path, place: int, what: int) -> None:
    said, count = try_write(shim, tmp_path / "home", place, what)
    assert count >= place
    assert said in ("stored", "told")


@pytest.mark.faults_whole
@pytest.mark.timeout(7200)
def test_each_write_fails_once_with_each_error(
    shim: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    # None fails: so many writes there are.
    said, count = try_write(shim, tmp_path / "none", NEVER, errno.EIO)
    assert said == "stored"
    for what in (errno.ENOSPC, errno.EIO):
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            ends = collections.Counter(
                said
                for said, _ in pool.map(
                    lambda place, what=what: try_write(shim, tmp_path / f"{what}-{place}", place, what),
                    range(1, count + 1),
                )
            )
        record_property(errno.errorcode[what], dict(sorted(ends.items())))
        assert ends["told"]
