"""A desk at which a change is asked for: a real backup in a real store, and a ledger that a test writes as it likes."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from callout.backups.archive import Repository, repository_of
from callout.backups.record import BackupRecord
from callout.errors import Refused
from callout.inventory import System
from callout.ledger import open_ledger
from callout.ledger.event import Draft
from callout.places import Places
from callout.steps.backup import back_up
from callout.steps.context import Context
from callout.steps.gate import confirm_gate
from tests.unit.backups.practice_site import PracticeSite, build_site

NOW = dt.datetime(2026, 3, 3, 22, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
PLACE = ".callout/backups/acme"


@dataclass
class Desk:
    """`older` and `newer` are good backups in the store, taken 20 and 10 minutes ago; the ledger knows of neither."""

    site: PracticeSite
    context: Context
    older: BackupRecord
    newer: BackupRecord
    policy: dict[str, Any] = field(default_factory=dict)
    gate: dict[str, Any] = field(default_factory=dict)

    @property
    def system(self) -> System:
        system = self.site.system(**self.policy)
        gate = system.policy.gate.model_copy(update=self.gate)
        return system.model_copy(update={"policy": system.policy.model_copy(update={"gate": gate})})

    @property
    def store(self) -> Path:
        return self.context.places.data / "backups/acme"

    @property
    def repository(self) -> Repository:
        return repository_of(self.site.system(), self.context.places)

    def tell(
        self, kind: str, *, ago: dt.timedelta = MINUTE, system: str = "acme-pbx1", customer: str = "acme",
        callout: str = "CO-0001", **body: Any,
    ) -> None:  # fmt: skip
        """Appends an event that happened so long ago."""
        self._append(kind, ago, customer, system, callout, body)

    def backed_up(
        self, *, ago: dt.timedelta = 10 * MINUTE, system: str = "acme-pbx1", customer: str = "acme",
        callout: str = "CO-0001", **changes: Any,
    ) -> None:  # fmt: skip
        """Records the newer backup as one of that system and customer, its record changed as told."""
        whose = {"system": system, "customer": customer}
        self._append("backed_up", ago, customer, system, callout, {**self._body(), **whose, **changes})

    def of_another(self, key: str, value: str) -> None:
        """Records the newer backup among this system's own, with a record that names another one."""
        self._append("backed_up", 10 * MINUTE, "acme", "acme-pbx1", "CO-0001", {**self._body(), key: value})

    def verified_again(self, level: str, good: bool) -> None:
        """What `callout backup verify` notes."""
        about = {"about": "backup_verified", "backup": self.newer.id, "level": level, "good": good}
        self.tell("noted", callout="", findings=[], **about)

    def forge(self, statement: str) -> None:
        """Writes into the ledger's file past all its guards."""
        with sqlite3.connect(self.site.home / "ledger.sqlite") as connection:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(statement)

    def _body(self) -> dict[str, Any]:
        return {**self.newer.as_dict(), "repository": str(self.store)}

    def _append(
        self, kind: str, ago: dt.timedelta, customer: str, system: str, callout: str, body: dict[str, Any]
    ) -> None:
        self.context.ledger.append(Draft(kind, NOW - ago, "eva@desk", customer, system, callout, body))

    def refusal(self) -> str:
        """The code by which the gate's second look refuses the backup, empty where it does not.

        It refuses the change in any case: here is no Asterisk, and no plan.
        """
        with pytest.raises(Refused) as refused:
            confirm_gate(self.context, self.system, "CO-0001", Path("/no/bundle"))
        assert refused.value.exit_status == 8
        reasons = [reason for reason in refused.value.reasons if reason["check"] == "gate.backup"]
        assert all(reason["seen"] and reason["remedy"] for reason in reasons)
        return str(reasons[0]["code"]) if reasons else ""


def prepared(home: Path) -> tuple[PracticeSite, BackupRecord, BackupRecord]:
    """A site with two backups in its store."""
    site = build_site(home)
    (site.product / "nasty/large").unlink()
    records = []
    for ago in (20 * MINUTE, 10 * MINUTE):
        context = context_at(site, home, NOW - ago)
        records.append(back_up(context, site.system(), "CO-0001"))
        context.ledger.close()
        (site.product / "pw/etc/asterisk.conf").write_text("[directories]\n; later\n")
    return site, records[0], records[1]


def desk_at(base: tuple[PracticeSite, BackupRecord, BackupRecord], home: Path) -> Desk:
    """A desk of its own in `home`, with a copy of the store and an empty ledger, in which the call-out is open."""
    site, older, newer = base
    shutil.copytree(site.home / PLACE, home / PLACE)
    desk = Desk(replace(site, home=home), context_at(site, home, NOW), older, newer)
    desk.tell("opened", ago=30 * MINUTE, ticket="T-1")
    return desk


def context_at(site: PracticeSite, home: Path, moment: dt.datetime) -> Context:
    """A context with a ledger in `home` and a clock that stands."""
    places = Places(inventory=home, data=home / ".callout", ledger=f"sqlite:///{home}/ledger.sqlite")
    local = site.session()
    return Context(open_ledger(places.ledger, lambda: moment), places, "eva@desk", lambda: moment, lambda _: local)
