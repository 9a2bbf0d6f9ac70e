"""A practice site whose chroot holds a real root file system: small enough to be drilled in a second."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from callout.backups.drill_record import DrillRecord
from callout.inventory import System
from callout.inventory.operation import Drill
from callout.ledger import open_ledger
from callout.places import Places
from callout.steps.backup import back_up, latest_verified
from callout.steps.context import Context
from callout.steps.drill import drill
from tests.unit.backups.practice_site import PracticeSite, build_site

ROOT = Path(__file__).parent.parent.parent.parent
# A service that is real enough to be started and asked: busybox serves one page on loopback.
SERVICE = {
    "start": ["busybox false", "busybox httpd -p 127.0.0.1:8080 -h /etc"],
    "question": "busybox wget -q -O - http://127.0.0.1:8080/asterisk.conf",
    "answer_holds": "directories",
    "ask": {"who": "busybox id -u", "nothing": "busybox true"},
}


@dataclass
class DrillSite:
    """The site with its data folder, and drills of its newest backup."""

    site: PracticeSite
    system: System
    places: Places

    def context(self) -> Context:
        """A context of its own each time: drills are killed."""

        def now() -> dt.datetime:
            return dt.datetime.now(dt.UTC)

        session = self.site.session()
        ledger = open_ledger(self.places.ledger, now)
        return Context(ledger=ledger, places=self.places, actor="eva@desk", now=now, connect=lambda _: session)

    def back_up(self) -> str:
        """The id of a new backup."""
        return back_up(self.context(), self.system).id

    def drill(self, tell: Callable[[str], None] = lambda _: None) -> DrillRecord:
        """A drill of the newest backup."""
        context = self.context()
        found = latest_verified(context.ledger, self.system.name)
        assert found
        return drill(context, self.system, found[1].id, tell=tell)[1]


def drill_site(home: Path) -> DrillSite:
    """The site in that folder, built unless it is there. It has no database: the lab's systems have."""
    site = PracticeSite(home / "system", home) if (home / "system").exists() else _built(home)
    chroot = site.product / "pw"
    plain = site.system()
    profile = Drill.model_validate({"rootfs": str(chroot), "services": {"page": SERVICE}, "wait_s": 30})
    operation = plain.operation.model_copy(update={"drill": profile, "database": None})
    system = plain.model_copy(update={"operation": operation})
    places = Places(inventory=home, data=home / ".callout", ledger=f"sqlite:///{home}/ledger.sqlite")
    return DrillSite(site, system, places)


def engine_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the lab has learnt of this machine's podman."""
    if (ROOT / "lab/.state/needs-containers-conf").exists():
        monkeypatch.setenv("CONTAINERS_CONF", str(ROOT / "lab/containers.conf"))


def _built(home: Path) -> PracticeSite:
    site = build_site(home)
    chroot = site.product / "pw"
    busybox = shutil.which("busybox")
    assert busybox
    libraries = re.findall(r"(/\S+) \(0x", subprocess.run(["ldd", busybox], capture_output=True, text=True).stdout)
    for program in (busybox, *libraries):
        target = chroot / program.removeprefix("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(program, target)
    (chroot / "bin").mkdir(exist_ok=True)
    (chroot / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\n")
    for name in ("sh", "mkdir", "grep", "head", "sleep", "tail", "cat"):
        (chroot / "bin" / name).symlink_to(busybox)
    return site
