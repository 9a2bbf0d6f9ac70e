"""A bundle goes in and out on a practice customer for real; nothing of ours stays there but the patch."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from callout.errors import NotRolledBack, Unreachable
from callout.inventory import System, load_inventory
from callout.ledger import Draft, open_ledger
from callout.patches.build import build
from callout.patches.bundle import Container
from callout.patches.signature import sign
from callout.places import Places
from callout.shell import OpenSSHSession, Session
from callout.steps.context import Context
from callout.steps.patch import apply_bundle
from callout.steps.plan import make_plan
from callout.steps.recover import recover
from callout.steps.roll_back import roll_back
from tests.unit.patches.conftest import CutSession, Site, idle, public, sha256, well
from tests.unit.patches.conftest import keys as keys

pytestmark = pytest.mark.lab

FOLDER = "/opt/pbxware/pw/opt/scratch of callout's tests"
SCRATCH = (
    f'mkdir -p "{FOLDER}" && cd "{FOLDER}" && printf old >one && printf stale >two && chmod 0751 one && chown 7:8 one'
)
STATE = f'cd "{FOLDER}" && for f in *; do printf "%s %s\\n" "$(stat -c "%n %a %u %g" "$f")" "$(cat "$f")"; done'
OURS = "find / -xdev -name '.callout*'"
# What the patch replaced stays there for as long as it can be taken back.
KEPT = "/opt/pbxware/.callout-originals\n"
FORGET = "rm -rf /opt/pbxware/.callout-originals"


@pytest.fixture
def system(lab: Path, root: Path) -> Iterator[System]:
    places = Places(inventory=root / "inventory" / "lab", data=root / ".callout", ledger="")
    made = load_inventory(places, "acme-pbx1").system("acme-pbx1")
    # What an earlier run's bundles replaced may be kept there.
    said(made, FORGET)
    assert said(made, SCRATCH) == ""
    yield made
    said(made, f'rm -r "{FOLDER}"; {FORGET}')


def said(system: System, script: str) -> str:
    """What a script says over there; it must end well."""
    done = OpenSSHSession(system.target).run(script)
    assert done.rc == 0, done.complaint
    return done.text


@pytest.fixture
def site(tmp_path: Path, keys: dict[str, Path], system: System) -> Iterator[Site]:
    """An inventory folder of its own for signers and ledger; the system is the real one."""
    inventory = tmp_path / "inventory"
    inventory.mkdir()
    (inventory / "allowed_signers").write_text(f"anna {public(keys['anna'])}\n")
    places = Places(inventory=inventory, data=tmp_path / "data", ledger=f"sqlite:///{tmp_path}/ledger.sqlite")

    def now() -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    with_ledger = open_ledger(places.ledger, now)
    context = Context(with_ledger, places, "eva@desk", now, lambda target: OpenSSHSession(target))
    with_ledger.append(Draft("opened", now(), "eva@desk", "acme", "acme-pbx1", "CO-0001", {"ticket": "T-1"}))
    yield Site(Path(FOLDER), inventory, tmp_path / "tools", keys["anna"], context)
    with_ledger.close()


@pytest.fixture
def bundle(site: Site) -> Path:
    container = build(
        site.source(
            [
                {"path": "one", "action": "replace", "before": [sha256(b"old")], "content": b"new"},
                {"path": "two", "action": "delete", "before": [sha256(b"stale")]},
                {"path": "three", "action": "create", "content": b"fresh", "mode": "0640", "owner": "9:9"},
            ]
        )
    )
    path = site.inventory / "PW-2041.callout"
    path.write_bytes(Container(container.payload, (sign(container.payload, site.anna),)).to_bytes())
    return path


NEW = "one 751 7 8 new\nthree 640 9 9 fresh\n"
OLD = "one 751 7 8 old\ntwo 644 0 0 stale\n"


def test_in_and_out_again(site: Site, system: System, bundle: Path) -> None:
    plan = make_plan(site.context, system, "CO-0001", bundle)
    assert plan.verdict == "applicable"
    assert apply_bundle(site.context, system, "CO-0001", bundle, plan.hash, well, idle).changed
    assert said(system, STATE) == NEW
    assert said(system, OURS) == KEPT
    assert not apply_bundle(site.context, system, "CO-0001", bundle, plan.hash, well, idle).changed
    assert roll_back(site.context, system, "CO-0001", "PW-2041", well).changed
    assert said(system, STATE) == OLD
    assert said(system, OURS) == ""
    assert site.kinds() == ["opened", "planned", "patched", "rolled_back"]


@pytest.mark.parametrize("cut_at", [2, 3, 4, 5, 6])
def test_our_side_dies_after_a_message_and_the_next_run_ends_it(
    site: Site, system: System, bundle: Path, cut_at: int
) -> None:
    plan = make_plan(site.context, system, "CO-0001", bundle)
    made: list[CutSession] = []

    class Died(Unreachable):
        """From then on nothing gets through."""

    class DeadAfter(CutSession):
        def run(self, script: str, *arguments: str, **more: object):  # type: ignore[no-untyped-def]
            if self.runs >= self.cut_at:
                raise Died("acme-pbx1: nothing answers.", "")
            return super().run(script, *arguments, **more)

    def dying(session: Session) -> Session:
        made[:] = made or [DeadAfter(session, cut_at, False, error=Died("acme-pbx1: the line was cut.", ""))]
        return made[0]

    with contextlib.suppress(Unreachable, NotRolledBack):
        apply_bundle(site.wrapped(dying), system, "CO-0001", bundle, plan.hash, well, idle)
    recover(site.context, system, "CO-0001", well)
    state = said(system, STATE)
    assert state in (OLD, NEW)
    assert said(system, OURS) == (KEPT if state == NEW else "")
