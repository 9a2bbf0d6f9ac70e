"""A colleague's run that was cut, its machine lost: ended from the ledger and the system alone."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callout.errors import BadInput, CalloutError, Locked, Refused
from callout.ledger import Draft
from callout.patches.apply import Outcome
from callout.places import Places
from callout.steps.context import Context
from callout.steps.plan import make_plan
from callout.steps.recover import recover
from callout.steps.roll_back import roll_back
from callout.steps.take_over import take_over
from tests.faults.patch_trial import Trial, five_changes
from tests.unit.patches.conftest import Site, well


@pytest.fixture
def trial(site: Site) -> Trial:
    bundle = site.bundle(five_changes(site.root))
    plan = make_plan(site.context, site.system, site.callout, bundle, lambda _: "8.1")
    made = Trial(site, bundle, plan.hash, site.tree())
    made.remember()
    made.apply(site.context)
    made.new = site.own_tree()
    roll_back(site.context, site.system, site.callout, "PW-2041", well)
    shutil.rmtree(site.context.places.originals)
    assert made.is_old
    return made


@pytest.fixture
def otto(site: Site, tmp_path: Path) -> Context:
    """A colleague with the same ledger, and nothing else of eva's machine."""
    places = Places(inventory=site.inventory, data=tmp_path / "otto", ledger=site.context.places.ledger)
    return dataclasses.replace(site.context, places=places, actor="otto@laptop")


def cut(trial: Trial, act: Callable[[Context], Any], number: int, when: str = "after") -> None:
    """Eva's run dies at that call, and her lock stays."""
    with contextlib.suppress(CalloutError):
        act(trial.killed(number, when))
    assert locked(trial.site.root)
    gone(trial.site.root)


def locked(root: Path) -> bool:
    return any(root.glob(".callout/owner.*"))


def gone(root: Path) -> None:
    """The test's own process stands for her line: it must look as dead as she is."""
    for owner in root.glob(".callout/owner.*"):
        words = owner.read_text().split()
        owner.write_text(" ".join([*words[:4], "1", "1"]) + "\n")
    with contextlib.suppress(FileNotFoundError):
        (root / ".callout/running").unlink()


def calls(trial: Trial, act: Callable[[Context], Any]) -> int:
    act(trial.killed(0, "never"))
    return trial.calls()


def end(trial: Trial, otto: Context, bundle: str, **more: Any) -> Any:
    reason = more.get("reason", "Eva's laptop fell into the sea")
    return take_over(otto, trial.site.system, trial.site.callout, well, bundle, reason)


def lost(*machines: Context) -> None:
    """Nothing of what these machines kept is there any more."""
    for machine in machines:
        shutil.rmtree(machine.places.originals, ignore_errors=True)


def test_steps_of_an_application(trial: Trial, otto: Context) -> None:
    site, seen = trial.site, set()
    total = calls(trial, trial.apply)
    for number in range(9, total, 41):
        lost(site.context, otto)
        roll_back(site.context, site.system, site.callout, "PW-2041", well)
        assert trial.is_old
        with contextlib.suppress(CalloutError):
            trial.apply(trial.killed(number, "after"))
        lost(site.context)
        if locked(site.root):
            gone(site.root)
            ended = end(trial, otto, str(trial.bundle))
            seen.add(ended.outcome if ended else None)
        assert trial.is_old or trial.is_new, number
        trial.apply(otto)
        assert trial.is_new, number
    assert Outcome.ROLLED_BACK in seen


def test_steps_of_a_rollback(trial: Trial, otto: Context) -> None:
    site = trial.site

    def back(context: Context) -> Any:
        return roll_back(context, site.system, site.callout, "PW-2041", well)

    trial.apply(site.context)
    for number in range(9, calls(trial, back), 41):
        lost(site.context, otto)
        trial.apply(site.context)
        with contextlib.suppress(CalloutError):
            back(trial.killed(number, "after"))
        lost(site.context)
        if locked(site.root):
            gone(site.root)
            end(trial, otto, "PW-2041")
        assert trial.is_old or trial.is_new, (number, sorted(trial.site.tree()))
        # The originals that are kept on the system are enough for a machine that never had them.
        back(otto)
        assert trial.is_old, number


def test_she_comes_back_and_can_do_nothing_any_more(trial: Trial, otto: Context) -> None:
    site = trial.site
    cut(trial, trial.apply, 60)
    end(trial, otto, str(trial.bundle))
    assert trial.is_old
    events = site.kinds()
    # Her journal says that a run was cut; the system says that all is as before.
    recover(site.context, site.system, site.callout, well)
    assert trial.is_old
    assert "noted" in events
    trial.apply(site.context)
    assert trial.is_new


def test_what_is_refused(trial: Trial, otto: Context) -> None:
    site = trial.site
    with pytest.raises(BadInput, match="nobody holds its lock"):
        end(trial, otto, str(trial.bundle))
    with contextlib.suppress(CalloutError):
        trial.apply(trial.killed(60, "after"))
    with pytest.raises(Locked, match="alive there"):
        end(trial, otto, str(trial.bundle))
    gone(site.root)
    begun = [Draft("restore_begun", site.context.now(), "eva@desk", "acme", "acme-pbx1", site.callout, {})]
    site.context.ledger.append(*begun)
    with pytest.raises(Refused, match="a restore was begun"):
        end(trial, otto, str(trial.bundle))
    site.context.ledger.append(dataclasses.replace(begun[0], kind="restore_undone"))
    with pytest.raises(BadInput, match="without a reason"):
        end(trial, otto, str(trial.bundle), reason=" ")
    with pytest.raises(BadInput, match="PW-2041 was being applied"):
        end(trial, otto, "PW-2041")
    with pytest.raises(Refused, match="this machine's own"):
        end(trial, site.context, str(trial.bundle))
    lock = next(site.root.glob(".callout/owner.*"))
    lock.write_text(lock.read_text().replace(":CO-0001", ":CO-0009"))
    with pytest.raises(BadInput, match="the lock is of CO-0009"):
        end(trial, otto, str(trial.bundle))
