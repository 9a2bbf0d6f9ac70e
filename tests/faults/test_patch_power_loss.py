"""Power that goes at any moment of applying or rolling back: whatever the disk has kept, old tree or new tree."""

from __future__ import annotations

import hashlib
import random
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest

from callout.shell.session import Session
from callout.steps.context import Context
from callout.steps.recover import recover
from callout.steps.roll_back import roll_back
from tests.faults.patch_trial import Trial, five_changes, twenty_changes
from tests.faults.power_loss import Disk, Operation, after_power_loss
from tests.faults.test_patch_faults import prepare
from tests.faults.tracing import Recorder, TracedSession
from tests.unit.patches.conftest import Site, well
from tests.unit.patches.conftest import keys as keys
from tests.unit.patches.conftest import site as site

pytestmark = pytest.mark.faults
WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]
# How often is drawn at most for each different state that is wanted.
MOST_DRAWS = 20


@dataclass
class Message:
    """One script that ran: the disk before it, what it did, and our side's journals as they were then."""

    before: Disk
    journals: Path
    operations: list[Operation] = field(default_factory=list)


def recorded(trial: Trial, act: Callable[[Context], Any]) -> list[Message]:
    """Every message of an action that changed something."""
    home = trial.site.root.parent
    messages: list[Message] = []

    def before() -> None:
        journals = home / f"journals-{len(messages)}"
        shutil.rmtree(journals, ignore_errors=True)
        shutil.copytree(trial.site.context.places.originals, journals)
        messages.append(Message(Disk.of(trial.site.root), journals))

    def after() -> None:
        recorder = Recorder(messages[-1].before.copy())
        recorder.read(home / "trace")
        messages[-1].operations = recorder.operations
        assert recorder.disk.state == Disk.of(trial.site.root).state, "the model is not what happened"

    def traced(session: Session) -> Session:
        return TracedSession(session, home / "trace", before, after)

    act(trial.site.wrapped(traced))
    return [message for message in messages if message.operations]


def another_boot(root: Path) -> None:
    """What the lock says of its boot is of an earlier one."""
    for path in [*root.glob(".callout/owner.*"), *root.glob(".callout/running")]:
        path.write_bytes(re.sub(rb"^[0-9a-f-]{36}", b"00000000-0000-4000-8000-000000000000", path.read_bytes()))


def different_states(
    messages: Sequence[Message], wanted: int, chance: random.Random
) -> Iterator[tuple[Message, int, Disk]]:
    """So many states that may be found, no two of them alike: message, operations that had begun, what is left.

    Two files that were torn are alike, wherever they were. Every moment between two operations has its turn, in a drawn
    order, again and again. Fails where there are not so many different ones to be found.
    """
    moments = [(message, place) for message in messages for place in range(len(message.operations) + 1)]
    chance.shuffle(moments)
    seen: set[bytes] = set()
    whole = {inode.content for message in messages for inode in message.before.inodes.values()}
    whole |= {bytes(one.value) for message in messages for one in message.operations if one.kind == "write"}
    for message, place in islice(cycle(moments), MOST_DRAWS * wanted):
        left = after_power_loss(message.before, message.operations[:place], chance)
        told = [(*one[:2], one[2] if one[2] in whole else "torn", *one[3:]) for one in left.state]
        key = hashlib.sha256(repr((str(message.journals), told)).encode()).digest()
        if key not in seen:
            seen.add(key)
            yield message, place, left
        if len(seen) == wanted:
            return
    raise AssertionError(f"only {len(seen)} different states in {MOST_DRAWS * wanted} draws")


# Together 5,000: to put one of twenty files in order takes three times as long as one of five.
STATES = [
    (five_changes, 4),
    pytest.param(five_changes, 2000, marks=WHOLE),
    pytest.param(twenty_changes, 500, marks=WHOLE),
]


@pytest.mark.parametrize(("changes", "states"), STATES)
@pytest.mark.parametrize("action", ["apply", "roll back"])
def test_whatever_a_loss_of_power_leaves_is_brought_to_an_end(
    site: Site, record_property, action: str, changes: Callable[[Path], list[dict[str, Any]]], states: int
):
    if shutil.which("strace") is None:
        pytest.skip("no strace here")
    trial = prepare(site, changes)

    def act(context: Context) -> Any:
        if action == "apply":
            return trial.apply(context)
        return roll_back(context, site.system, site.callout, "PW-2041", well)

    if action != "apply":
        trial.apply(site.context)
    else:
        site.context.places.originals.mkdir(parents=True, exist_ok=True)
    messages = recorded(trial, act)
    tried = 0
    for message, place, left in different_states(messages, states, random.Random(2041)):
        tried += 1
        left.write()
        another_boot(site.root)
        shutil.rmtree(site.context.places.originals)
        shutil.copytree(message.journals, site.context.places.originals)

        recover(site.context, site.system, site.callout, well)

        assert trial.is_old or trial.is_new, (tried, place, sorted(site.tree().items()), message.operations[:place])
    assert tried == states
    record_property("operations", sum(len(message.operations) for message in messages))
    record_property("different states", tried)
