"""ENOSPC, EDQUOT, EIO and EROFS at each call that changes the system's disk, while a bundle is put in and taken out."""

from __future__ import annotations

import errno
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from callout.errors import CalloutError
from callout.shell.session import Session
from callout.steps.context import Context
from callout.steps.recover import recover
from callout.steps.roll_back import roll_back
from tests.faults.patch_trial import Trial, five_changes
from tests.faults.test_patch_faults import prepare
from tests.unit.local_shell import LocalShellSession
from tests.unit.patches.conftest import Site, well
from tests.unit.patches.conftest import keys as keys
from tests.unit.patches.conftest import site as site

pytestmark = pytest.mark.faults
WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]
NEVER = 1 << 40


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that lets a call fail, made here."""
    compiler = shutil.which("cc") or pytest.skip("no C compiler here")
    made = tmp_path_factory.mktemp("shim") / "failing_disk.so"
    source = Path(__file__).with_name("failing_disk.c")
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", str(made), str(source), "-ldl"], check=True)
    return made


@dataclass
class Disk:
    """Lets the `place`-th change of one action fail with `what`."""

    trial: Trial
    shim: Path

    def failing(self, place: int, what: int) -> Context:
        """A context whose scripts meet that; the failure is over once it has happened."""
        count = self.trial.site.root.with_name("count")
        count.write_bytes(bytes(8))
        values = {
            "LD_PRELOAD": self.shim,
            "CALLOUT_FAIL_BELOW": self.trial.site.root,
            "CALLOUT_FAIL_COUNT": count,
            "CALLOUT_FAIL_AT": place,
            "CALLOUT_FAIL_WITH": what,
        }

        def wrapped(session: Session) -> Session:
            assert isinstance(session, LocalShellSession)
            shell = session.tools / "sh"
            plain = shutil.which(session.shell[0])
            shell.unlink()
            told = "".join(f"export {name}={value}\n" for name, value in values.items())
            shell.write_text(f'#!{plain}\n{told}exec {plain} "$@"\n')
            shell.chmod(0o755)
            return session

        return self.trial.site.wrapped(wrapped)

    def well_again(self) -> Context:
        """A context whose scripts meet no failure."""
        (self.trial.site.tools / "sh").unlink()
        return self.trial.site.context

    @property
    def calls(self) -> int:
        """How many there were."""
        return int.from_bytes(self.trial.site.root.with_name("count").read_bytes(), "little")


def each(
    disk: Disk, ready: Callable[[], None], act: Callable[[Context], Any], step: int, whats: list[int]
) -> tuple[int, Counter[str]]:
    """Every `step`-th place with every error: old or new by itself, or by the next run; how it ended."""
    trial = disk.trial
    ready()
    act(disk.failing(NEVER, errno.EIO))
    disk.well_again()
    total, ends = disk.calls, Counter[str]()
    assert total > 100
    for place in range(step, total + 1, step):
        for what in whats:
            ready()
            try:
                act(disk.failing(place, what))
                ends["done"] += 1
            except CalloutError as error:
                ends[type(error).__name__] += 1
            finally:
                disk.well_again()
            recover(trial.site.context, trial.site.system, trial.site.callout, well)
            # Where it was the keeping of the originals there that failed, they are kept here only.
            new = trial.site.own_tree() == trial.new
            assert trial.is_old or new, (place, errno.errorcode[what], sorted(trial.site.tree()))
            act(trial.site.context)
    return total, ends


ERRORS = [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS]
STEPS = [(71, [errno.ENOSPC]), pytest.param(1, ERRORS, marks=WHOLE)]


@pytest.mark.parametrize(("step", "whats"), STEPS)
def test_each_change_of_the_disk_fails_once_while_a_bundle_is_put_in(
    site: Site, shim: Path, record_property, step, whats
):
    trial = prepare(site, five_changes)
    total, ends = each(Disk(trial, shim), trial.back_to_old, trial.apply, step, whats)
    assert trial.site.own_tree() == trial.new
    record_property("calls", total)
    record_property("ends", dict(ends))


@pytest.mark.parametrize(("step", "whats"), STEPS)
def test_each_change_of_the_disk_fails_once_while_it_is_taken_out(site: Site, shim: Path, record_property, step, whats):
    trial = prepare(site, five_changes)

    def ready() -> None:
        trial.back_to_old()
        trial.apply(site.context)

    def back(context: Context) -> Any:
        return roll_back(context, site.system, site.callout, "PW-2041", well)

    total, ends = each(Disk(trial, shim), ready, back, step, whats)
    assert trial.is_old
    record_property("calls", total)
    record_property("ends", dict(ends))
