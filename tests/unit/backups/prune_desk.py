"""A desk at which backups are taken and pruned on days that a test names, and a ledger on which the process dies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from callout.backups.archive import repository_of
from callout.backups.record import Level
from callout.backups.retention import Why
from callout.inventory import System
from callout.ledger import open_ledger
from callout.ledger.event import Draft, Event
from callout.ledger.store import LedgerView
from callout.steps.backup import back_up
from callout.steps.context import Context
from callout.steps.prune import Pruned, prune
from tests.unit.backups.practice_site import PracticeSite

KEEP_NONE = {"keep_last": 0, "daily": 0, "weekly": 0, "monthly": 0, "yearly": 0, "pin_days": 30}
BORN = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@dataclass
class Desk:
    """A context whose clock the test sets, and a system whose rules keep nothing but what must be kept."""

    context: Context
    system: System
    days: list[int] = field(default_factory=lambda: [0])

    @property
    def day(self) -> int:
        return self.days[0]

    @day.setter
    def day(self, day: int) -> None:
        self.days[0] = day

    def backup(self, day: int, callout: str = "") -> str:
        self.day = day
        return back_up(self.context, self.system, callout, level=Level.SAMPLE).id

    def prune(self, *, dry_run: bool = False) -> Pruned:
        (told,) = prune(self.context, [self.system], [self.system.name], dry_run)
        return told

    def names(self) -> list[str]:
        return repository_of(self.system, self.context.places).names()

    def kinds(self) -> list[str]:
        return [event.kind for event in self.context.ledger.events()]

    def why(self, told: Pruned, identifier: str) -> set[Why]:
        (decision,) = [one for one in told.decisions if one.id == identifier]
        return {reason.why for reason in decision.reasons}


def desk_at(context: Context, site: PracticeSite) -> Desk:
    """A desk for the site, which loses its one large file: pruning is about many backups."""
    (site.product / "nasty/large").unlink(missing_ok=True)
    made = Desk(context, site.system(retention=KEEP_NONE))
    made.context = replace(context, now=lambda: BORN + dt.timedelta(days=made.day))
    return made


@contextmanager
def two_machines(context: Context, site: PracticeSite) -> Iterator[tuple[Desk, Desk]]:
    """Two desks whose backups of the same system go into one store; each has its own data folder and ledger."""
    store = str(site.home / "store")
    first = desk_at(context, site)
    first.system = site.system(retention=KEEP_NONE, root=store)
    data = site.home / "second"
    places = replace(context.places, data=data, ledger=f"sqlite:///{site.home}/second.sqlite")
    with closing(open_ledger(places.ledger, context.now)) as ledger:
        second = desk_at(replace(context, places=places, ledger=ledger), site)
        second.system = first.system
        yield first, second


class Dying:
    """A ledger on which the process dies before or after its Nth append."""

    def __init__(self, real: Any, count: int, *, before: bool) -> None:
        self.real, self.left, self.before = real, count, before

    def append(self, *drafts: Draft) -> list[Event]:
        return self._told(lambda: self.real.append(*drafts))

    def append_after(self, decide: Callable[[LedgerView], Any]) -> list[Event]:
        return self._told(lambda: self.real.append_after(decide))

    def events(self, **filters: str) -> Iterator[Event]:
        return self.real.events(**filters)

    def _told(self, write: Callable[[], list[Event]]) -> list[Event]:
        self.left -= 1
        if self.left == 0 and self.before:
            raise SystemExit("killed")
        events = write()
        if self.left == 0:
            raise SystemExit("killed")
        return events
