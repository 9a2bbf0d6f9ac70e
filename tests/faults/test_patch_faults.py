"""A patch that is killed, cut or starved at every step: afterwards the old tree or the new one, never a mixture.

The scripts' own tools (mv, ln, rm, cat …) are wrapped by functions that count; at the n-th call the script
kills itself, before or after the call. The next run must end what was cut.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable
from pathlib import Path
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
from tests.faults.patch_trial import (
    KEPT,
    Dead,
    Trial,
    assert_each_file_old_or_new,
    files_of,
    five_changes,
    points,
    twenty_changes,
)
from tests.unit.local_shell import BUSYBOX, DASH
from tests.unit.patches.conftest import CutSession, Site, well
from tests.unit.patches.conftest import keys as keys
from tests.unit.patches.conftest import site as site

pytestmark = pytest.mark.faults


def prepare(site: Site, changes: Callable[[Path], list[dict[str, Any]]]) -> Trial:
    bundle = site.bundle(changes(site.root))
    plan = make_plan(site.context, site.system, site.callout, bundle, lambda _: "8.1")
    made = Trial(site, bundle, plan.hash, site.tree())
    made.remember()
    made.apply(site.context)
    made.new = site.own_tree()
    made.back_to_old()
    assert made.is_old
    return made


@pytest.fixture
def trial(site: Site) -> Trial:
    return prepare(site, five_changes)


# In `make test` a few points, in `make faults` each of a small bundle, and every n-th of one with twenty files.
WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]


def sizes(few: int, many: int) -> list[Any]:
    return [
        (five_changes, DASH, few),
        pytest.param(five_changes, BUSYBOX, few, marks=WHOLE),
        pytest.param(five_changes, DASH, 1, marks=WHOLE),
        pytest.param(twenty_changes, DASH, many, marks=WHOLE),
    ]


@pytest.mark.parametrize(("changes", "shell", "step"), sizes(97, 7))
def test_killed_at_every_step_of_apply(site: Site, record_property, changes, shell, step):
    site.shell = shell
    trial = prepare(site, changes)
    tried = list(points(trial, trial.apply, step))
    record_property("points", len(tried))
    for point in tried:
        trial.back_to_old()
        with contextlib.suppress(CalloutError):
            trial.apply(trial.killed(*point))
        assert trial.was_killed, point
        assert_each_file_old_or_new(trial, point)

        recover(site.context, site.system, site.callout, well)

        assert trial.is_old or trial.is_new, point
        trial.apply(site.context)
        assert trial.is_new, point


@pytest.mark.parametrize(("changes", "shell", "step"), sizes(131, 7))
def test_killed_at_every_step_of_rollback(site: Site, record_property, changes, shell, step):
    site.shell = shell
    trial = prepare(site, changes)

    def back(context: Context) -> Any:
        return roll_back(context, site.system, site.callout, "PW-2041", well)

    def ready() -> None:
        trial.back_to_old()
        trial.apply(site.context)

    ready()
    tried = list(points(trial, back, step))
    record_property("points", len(tried))
    for point in tried:
        ready()
        with contextlib.suppress(CalloutError):
            back(trial.killed(*point))
        assert trial.was_killed, point
        assert_each_file_old_or_new(trial, point)
        if point[0] % 2:
            # The next run ends it, or whoever is told to recover.
            recover(site.context, site.system, site.callout, well)
            assert trial.is_old or trial.is_new, point
        back(site.context)
        assert trial.is_old, point


@pytest.mark.parametrize(("changes", "shell", "step"), sizes(71, 5))
def test_killed_at_every_step_of_recovery(site: Site, record_property, changes, shell, step):
    """Killed in the middle of the renames, then killed again while that is taken back."""
    site.shell = shell
    trial = prepare(site, changes)
    first = _call_of_first_rename(trial)

    def cut() -> None:
        trial.back_to_old()
        with pytest.raises(NotRolledBack):
            trial.apply(trial.killed(first, "after"))
        assert files_of(trial.site.tree()) not in (trial.old, trial.new)

    def mend(context: Context) -> Any:
        return recover(context, site.system, site.callout, well)

    cut()
    tried = list(points(trial, mend, step))
    record_property("points", len(tried))
    for point in tried:
        cut()
        with contextlib.suppress(CalloutError):
            mend(trial.killed(*point))
        assert trial.was_killed, point
        mend(site.context)
        assert trial.is_old, point


def _call_of_first_rename(trial: Trial) -> int:
    """By halves: from that call on the first file is the new one right after the death."""

    def renamed(number: int) -> bool:
        trial.back_to_old()
        with contextlib.suppress(CalloutError):
            trial.apply(trial.killed(number, "after"))
        return (trial.site.root / "gui/login.php").read_bytes() == b"new login\n"

    trial.apply(trial.killed(0, "never"))
    low, high = 0, trial.calls()
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if renamed(middle) else (middle, high)
    assert renamed(high)
    return high


@pytest.mark.parametrize("step", [61, pytest.param(1, marks=WHOLE)])
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
        # Where it was the keeping of the originals there that failed, they are kept here only.
        assert trial.site.own_tree() == trial.new, number
        assert trial.is_new or not any(path.startswith(KEPT) for path in trial.site.tree()), number


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
        assert trial.is_old or trial.is_new, cut_at


@pytest.mark.parametrize("lines", [0, 1, 2, 3])
def test_instructions_cut_on_their_way_do_nothing(trial: Trial, lines):
    """The line dies while we speak: a part of the list must not become a part of the change."""

    class Mumbling(Dead):
        def run(self, script: str, *arguments: str, **more: Any) -> Completed:
            if b"end 5\n" in more.get("stdin", b"") and "committed" in script:
                more["stdin"] = b"".join(more["stdin"].splitlines(keepends=True)[:lines])
            return super().run(script, *arguments, **more)

    with pytest.raises(RolledBack, match="cut on their way"):
        trial.apply(trial.site.wrapped(Mumbling))
    assert trial.is_old


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
