"""A bundle of twenty files on a practice customer, over its real sshd: killed while it goes in, out, and is mended."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import shutil
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from callout.errors import CalloutError, NotRolledBack
from callout.inventory import System, load_inventory
from callout.ledger import Draft, open_ledger
from callout.places import Places
from callout.shell import OpenSSHSession, Session
from callout.steps.context import Context
from callout.steps.plan import make_plan
from callout.steps.recover import recover
from callout.steps.roll_back import roll_back
from tests.faults.patch_trial import (
    KEPT,
    Trial,
    assert_each_file_old_or_new,
    files_of,
    points,
    twenty_changes,
)
from tests.unit.patches.conftest import Site, public, well
from tests.unit.patches.conftest import keys as keys

pytestmark = [pytest.mark.lab, pytest.mark.faults]

PRODUCT = "/opt/pbxware"
FOLDER = f"{PRODUCT}/pw/opt/twenty files of callout's tests"
COUNT = "/tmp/callout-test-count"
ANEW = f'rm -rf "{FOLDER}" {PRODUCT}/.callout* {COUNT}* && mkdir -p "{FOLDER}" && tar -C "{FOLDER}" -xpf -'
LOOK = (
    f'cd {PRODUCT} && for f in .callout*; do [ ! -e "$f" ] || find "$f" -printf "%p\\t%y\\n"; done; '
    f'cd "{FOLDER}" && find . -mindepth 1 -printf "%P\\t%y %m %U %G %l\\n" && find . -type f -exec sha256sum {{}} +'
)


class Shared:
    """One connection for hundreds of runs."""

    def __init__(self, inner: Session) -> None:
        self.inner = inner
        self.name, self.run, self.stream = inner.name, inner.run, inner.stream

    def close(self) -> None:
        """Not yet."""


class RealSite(Site):
    """The tree is over there."""

    real: System
    line: Session

    @property
    def system(self) -> System:
        """The practice customer."""
        return self.real

    def said(self, script: str, stdin: bytes = b"") -> str:
        """What a script says over there; it must end well."""
        done = self.line.run(script, stdin=stdin)
        assert done.rc == 0, done.complaint
        return done.text

    def tree(self) -> dict[str, Any]:
        """Path → type, mode, owner, link and SHA-256; what is ours in the product's folder is in it."""
        found: dict[str, Any] = {}
        for line in self.said(LOOK).splitlines():
            if "\t" in line:
                path, told = line.split("\t")
                found[path] = (told,)
            else:
                found[line[66:].removeprefix("./")] += (line[:64],)
        return found


class RealTrial(Trial):
    """The old tree comes back by tar; scripts count their calls in a file over there."""

    pristine: bytes
    site: RealSite

    def back_to_old(self) -> None:
        """The old tree, and no journal on either side."""
        self.site.said(ANEW, self.pristine)
        shutil.rmtree(self.site.context.places.originals, ignore_errors=True)

    @property
    def count(self) -> str:
        """A file over there."""
        return COUNT

    def forget_counts(self) -> None:
        """The next call is the first."""
        self.site.said(f"rm -f {COUNT} {COUNT}.halves")

    def calls(self) -> int:
        """How many counted calls were made."""
        return int(self.site.said(f"cat {COUNT}"))

    def halves(self) -> set[int]:
        """The numbers of those that can be killed with half of their work done."""
        return {int(line) for line in self.site.said(f"[ ! -e {COUNT}.halves ] || cat {COUNT}.halves").split()}


@pytest.fixture
def trial(lab: Path, root: Path, tmp_path: Path, keys: dict[str, Path]) -> Iterator[RealTrial]:
    places = Places(inventory=root / "inventory" / "lab", data=tmp_path / "data", ledger="")
    real = load_inventory(places, "acme-pbx1").system("acme-pbx1")
    line = OpenSSHSession(real.target)
    inventory = tmp_path / "inventory"
    inventory.mkdir()
    (inventory / "allowed_signers").write_text(f"anna {public(keys['anna'])}\n")
    places = Places(inventory=inventory, data=tmp_path / "data", ledger="")
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)  # noqa: E731
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite", now)
    ledger.append(Draft("opened", now(), "eva@desk", "acme", "acme-pbx1", "CO-0001", {"ticket": "T-1"}))
    context = Context(ledger, places, "eva@desk", now, lambda _: Shared(line))
    site = RealSite(Path(FOLDER), inventory, tmp_path / "tools", keys["anna"], context)
    site.real, site.line = real, line
    # The tree is made here, as the twenty changes want it, and sent there.
    made_here = tmp_path / "opt"
    for folder in ("gui", "etc"):
        (made_here / folder).mkdir(parents=True)
    (made_here / "gui/login.php").write_bytes(b"old login\n")
    (made_here / "etc/stale.conf").write_bytes(b"stale\n")
    (made_here / "etc/other.conf").write_bytes(b"other\n")
    bundle = site.bundle(twenty_changes(made_here))
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(made_here, ".")
    made = RealTrial(site, bundle, "", {})
    made.pristine = packed.getvalue()
    made.back_to_old()
    made.old = site.tree()
    made.plan = make_plan(context, real, site.callout, bundle).hash
    made.apply(context)
    made.new = site.own_tree()
    made.back_to_old()
    assert made.is_old
    yield made
    site.said(f'rm -rf "{FOLDER}" {PRODUCT}/.callout* {COUNT}*')
    line.close()
    ledger.close()


def some(found: list[tuple[int, str]], count: int) -> list[tuple[int, str]]:
    """`count` of the points, evenly over all of them."""
    assert len(found) >= count
    return [found[number * len(found) // count] for number in range(count)]


WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3 * 3600)]


@pytest.mark.parametrize("count", [1, pytest.param(150, marks=WHOLE)])
def test_killed_while_it_is_put_in(trial: RealTrial, record_property, count: int) -> None:
    site = trial.site
    tried = some(list(points(trial, trial.apply, 1)), count)
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


@pytest.mark.parametrize("count", [pytest.param(100, marks=WHOLE)])
def test_killed_while_it_is_taken_out(trial: RealTrial, record_property, count: int) -> None:
    site = trial.site

    def back(context: Context) -> Any:
        return roll_back(context, site.system, site.callout, "PW-2041", well)

    trial.apply(site.context)
    tried = some(list(points(trial, back, 1)), count)
    record_property("points", len(tried))
    for point in tried:
        trial.back_to_old()
        trial.apply(site.context)
        with contextlib.suppress(CalloutError):
            back(trial.killed(*point))
        assert trial.was_killed, point
        assert_each_file_old_or_new(trial, point)
        recover(site.context, site.system, site.callout, well)
        assert trial.is_old or trial.is_new, point
        back(site.context)
        assert trial.is_old, point


@pytest.mark.parametrize("count", [pytest.param(60, marks=WHOLE)])
def test_killed_again_while_it_is_mended(trial: RealTrial, record_property, count: int) -> None:
    """Killed among the renames of an apply, then killed once more while that is taken back."""
    site = trial.site
    trial.apply(trial.killed(0, "never"))
    total = trial.calls()

    def cut(number: int) -> bool:
        """Whether a kill at that call leaves a mixture."""
        trial.back_to_old()
        with contextlib.suppress(CalloutError):
            trial.apply(trial.killed(number, "after"))
        return files_of(site.tree()) not in (files_of(trial.old), trial.new)

    among = next(number for number in range(total // 2, total, 3) if cut(number))

    def mend(context: Context) -> Any:
        return recover(context, site.system, site.callout, well)

    assert cut(among)
    tried = some(list(points(trial, mend, 1)), count)
    record_property("points", len(tried))
    for point in tried:
        assert cut(among)
        with contextlib.suppress(NotRolledBack, CalloutError):
            mend(trial.killed(*point))
        assert trial.was_killed, point
        mend(site.context)
        assert trial.is_old, point
    assert not any(KEPT in path for path in site.tree())
