"""A patch that is killed, cut or starved at every step: afterwards the old tree or the new one, never a mixture.

The scripts' own tools (mv, ln, rm, cat …) are wrapped by functions that count; at the n-th call the script
kills itself, before or after the call. The next run must end what was cut.
"""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
from typing import Any

import pytest

from callout.errors import CalloutError, NotRolledBack, RolledBack, Unreachable
from callout.patches.shelf import JOURNAL, Shelf
from callout.programs import Completed
from callout.shell.session import Session
from callout.steps.context import Context
from callout.steps.plan import make_plan
from callout.steps.recover import recover
from callout.steps.roll_back import roll_back
from tests.faults.patch_trial import Dead, Trial, assert_each_file_old_or_new, files_of, points
from tests.unit.local_shell import BUSYBOX, DASH
from tests.unit.patches.conftest import CutSession, Site, three_changes, well
from tests.unit.patches.conftest import keys as keys
from tests.unit.patches.conftest import site as site

pytestmark = pytest.mark.faults


@pytest.fixture
def trial(site: Site) -> Trial:
    shutil.copytree(site.root, site.root.with_name("pristine"))
    bundle = site.bundle(three_changes())
    plan = make_plan(site.context, site.system, site.callout, bundle, lambda _: "8.1")
    made = Trial(site, bundle, plan.hash, site.tree())
    made.apply(site.context)
    made.new = site.tree()
    made.back_to_old()
    assert site.tree() == made.old
    return made


# In `make test` every n-th point, in `make faults` each.
WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]
DASH_AND_BUSYBOX = [
    (DASH, 13),
    (BUSYBOX, 29),
    pytest.param(DASH, 1, marks=WHOLE),
    pytest.param(BUSYBOX, 1, marks=WHOLE),
]


@pytest.mark.parametrize(("shell", "step"), DASH_AND_BUSYBOX)
def test_killed_at_every_step_of_apply(trial: Trial, shell, step):
    trial.site.shell = shell
    for point in list(points(trial, trial.apply, step)):
        trial.back_to_old()
        with contextlib.suppress(CalloutError):
            # A kill after the last call is no kill: then the run ends well.
            trial.apply(trial.killed(*point))
        assert_each_file_old_or_new(trial, point)

        recover(trial.site.context, trial.site.system, trial.site.callout, well)

        assert trial.site.tree() in (trial.old, trial.new), point
        trial.apply(trial.site.context)
        assert trial.site.tree() == trial.new, point


@pytest.mark.parametrize("step", [29, pytest.param(1, marks=WHOLE)])
def test_killed_at_every_step_of_rollback(trial: Trial, step):
    def back(context: Context) -> Any:
        return roll_back(context, trial.site.system, trial.site.callout, "PW-2041", well)

    def ready() -> None:
        trial.back_to_old()
        trial.apply(trial.site.context)

    ready()
    for point in list(points(trial, back, step)):
        ready()
        with contextlib.suppress(CalloutError):
            # A kill after the last call is no kill: then the run ends well.
            back(trial.killed(*point))
        assert_each_file_old_or_new(trial, point)
        back(trial.site.context)
        assert trial.site.tree() == trial.old, point


@pytest.mark.parametrize("step", [19, pytest.param(1, marks=WHOLE)])
def test_killed_at_every_step_of_recovery(trial: Trial, step):
    """Killed in the middle of the renames, then killed again while that is taken back."""
    first = _call_of_first_rename(trial)

    def cut() -> None:
        trial.back_to_old()
        with pytest.raises(NotRolledBack):
            trial.apply(trial.killed(first, "after"))
        assert files_of(trial.site.tree()) not in (trial.old, trial.new)

    def mend(context: Context) -> Any:
        return recover(context, trial.site.system, trial.site.callout, well)

    cut()
    for point in list(points(trial, mend, step)):
        cut()
        with contextlib.suppress(CalloutError):
            # A kill after the last call is no kill: then the run ends well.
            mend(trial.killed(*point))
        mend(trial.site.context)
        assert trial.site.tree() == trial.old, point


def _call_of_first_rename(trial: Trial) -> int:
    for number in range(1, 200):
        trial.back_to_old()
        with pytest.raises(CalloutError):
            trial.apply(trial.killed(number, "after"))
        if (trial.site.root / "gui/login.php").read_bytes() == b"new login\n":
            return number
    raise AssertionError("nothing was ever renamed")


@pytest.mark.parametrize("step", [13, pytest.param(1, marks=WHOLE)])
def test_each_tool_failing_once_leaves_the_old_tree_or_the_new(trial: Trial, step):
    """Disk full, read-only, no permission: the n-th call fails, the line stays. Nothing of ours is left."""
    trial.apply(trial.killed(0, "never"))
    for number in range(step, trial.calls() + 1, step):
        trial.back_to_old()
        try:
            trial.apply(trial.killed(number, "fail"))
        except (RolledBack, NotRolledBack):
            assert files_of(trial.site.tree()) == trial.old, number
        except CalloutError:
            assert files_of(trial.site.tree()) == trial.old, number
        else:
            assert files_of(trial.site.tree()) == trial.new, number
        recover(trial.site.context, trial.site.system, trial.site.callout, well)
        trial.apply(trial.site.context)
        assert trial.site.tree() == trial.new, number


@pytest.mark.parametrize("before", [True, False])
def test_line_cut_at_every_message(trial: Trial, before):
    """Only one message is lost, before or after it did its work; the next ones get through: old tree, by itself."""
    for cut_at in range(2, 8):
        trial.back_to_old()
        made: list[CutSession] = []

        def once(session: Session, made: list[CutSession] = made, cut_at: int = cut_at) -> Session:
            lost = Unreachable("acme-pbx1: the line was cut.", "")
            made[:] = made or [CutSession(session, cut_at, before, error=lost)]
            return made[0]

        try:
            trial.apply(trial.site.wrapped(once))
        except CalloutError:
            assert files_of(trial.site.tree()) == trial.old, cut_at
        else:
            assert files_of(trial.site.tree()) == trial.new, cut_at
        recover(trial.site.context, trial.site.system, trial.site.callout, well)
        assert trial.site.tree() in (trial.old, trial.new), cut_at


@pytest.mark.parametrize("lines", [0, 1, 2, 3])
def test_instructions_cut_on_their_way_do_nothing(trial: Trial, lines):
    """The line dies while we speak: a part of the list must not become a part of the change."""

    class Mumbling(Dead):
        def run(self, script: str, *arguments: str, **more: Any) -> Completed:
            if b"end 3\n" in more.get("stdin", b"") and "committed" in script:
                more["stdin"] = b"".join(more["stdin"].splitlines(keepends=True)[:lines])
            return super().run(script, *arguments, **more)

    with pytest.raises(RolledBack, match="cut on their way"):
        trial.apply(trial.site.wrapped(Mumbling))
    assert trial.site.tree() == trial.old


def test_our_side_dies_between_the_system_and_the_ledger(trial: Trial):
    """The patch is in and the journal says so, but `patched` was never recorded: the next run records it."""
    events = len(trial.site.kinds())
    trial.apply(trial.site.context)
    shelf = Shelf(trial.site.context.places.originals / trial.site.callout / "PW-2041")
    done = shelf.load(JOURNAL)
    assert done is not None
    shelf.save(dataclasses.replace(done, token="f" * 32), JOURNAL)
    recover(trial.site.context, trial.site.system, trial.site.callout, well)
    assert trial.site.kinds()[events:] == ["patched", "patched"]
