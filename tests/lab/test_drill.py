"""A practice customer's backup is restored for real: MariaDB loads the dump, Asterisk runs, and all of it is gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from callout.backups.drill_record import DrillRecord
from callout.backups.record import Level
from callout.findings import Finding, Status
from callout.inventory import System, load_inventory
from callout.ledger import open_ledger
from callout.ledger.event import Event
from callout.places import Places
from callout.policy.drills import judge_drill
from callout.shell import OpenSSHSession
from callout.steps.backup import back_up
from callout.steps.backup_list import listed_backups
from callout.steps.context import Context
from callout.steps.drill import asked_drill, drill, drill_is_due
from callout.views.drill import drill_html
from tests.unit.backups.drill_site import engine_settings

pytestmark = pytest.mark.lab


@dataclass(frozen=True)
class Drilled:
    """What was drilled, and what came of it."""

    context: Context
    system: System
    event: Event
    record: DrillRecord
    told: tuple[str, ...]

    def finding(self, check: str) -> Finding:
        """The finding of that check."""
        return next(finding for finding in self.record.findings if finding.check == check)


@pytest.fixture(scope="module")
def drilled(root: Path, lab: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drilled]:
    """A backup of the practice customer in this test's own store, and one drill of it."""
    data = tmp_path_factory.mktemp("drill")
    places = Places(inventory=root / "inventory/lab", data=data, ledger=f"sqlite:///{data}/ledger.sqlite")

    def now() -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    ledger = open_ledger(places.ledger, now)
    context = Context(ledger=ledger, places=places, actor="lab@test", now=now, connect=OpenSSHSession)
    system = with_policy(load_inventory(places).system("acme-pbx1"))
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        engine_settings(patch)
        backup = back_up(context, system, level=Level.SAMPLE)
        event, record = drill(context, system, backup.id, tell=told.append)
    yield Drilled(context, system, event, record, tuple(told))
    ledger.close()


def with_policy(system: System) -> System:
    """The system, of which a drill is demanded every 30 days and before each change."""
    backups = system.policy.backups.model_copy(update={"drill_max_age_days": 30, "drill_before_change": True})
    return system.model_copy(update={"policy": system.policy.model_copy(update={"backups": backups})})


def test_the_backup_is_proven(drilled: Drilled) -> None:
    assert {finding.seen for finding in drilled.record.findings if finding.status is not Status.PASS} == set()
    assert drilled.record.proven
    assert drilled.record.entries > 1000


def test_a_real_mariadb_holds_what_the_dump_holds(drilled: Drilled) -> None:
    assert "MariaDB" in drilled.finding("drill.database").seen
    tables = {table["table"]: table for table in drilled.finding("drill.rows").evidence["tables"]}
    assert tables["cdr"]["loaded"] == tables["cdr"]["in_dump"] > 1000
    assert {table["check"] for table in tables.values()} == {"OK"}


def test_a_real_asterisk_runs_with_the_restored_configuration(drilled: Drilled) -> None:
    asterisk = drilled.finding("drill.service@asterisk")
    assert "Asterisk 16" in asterisk.seen
    assert "extensions" in asterisk.evidence["answers"]["dialplan"]


def test_nothing_is_left(drilled: Drilled) -> None:
    assert [path.name for path in drilled.context.places.drills.iterdir()] == ["lock"]


def test_the_gate_takes_it_for_this_backup_and_no_other(drilled: Drilled) -> None:
    context, system = drilled.context, drilled.system
    (found,) = judge_drill(asked_drill(context, system, drilled.record.backup, to_come=False), context.now(), "")
    assert found.status is Status.PASS
    (found,) = judge_drill(asked_drill(context, system, "acme-pbx1-later", to_come=False), context.now(), "")
    assert found.code == "other-backup"
    assert not drill_is_due(context, system)


def test_it_is_listed_and_has_a_page(drilled: Drilled) -> None:
    (listed,) = listed_backups(drilled.context, load_inventory(drilled.context.places))
    assert f"drilled {drilled.event.at[:10]}: proven" in listed.text
    assert "proven" in drill_html(drilled.event)
