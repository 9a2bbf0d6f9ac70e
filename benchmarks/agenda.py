"""Claim: the agenda of 100,000 open cases is there within a second, as a whole command, with its board up to date.

Also told, without a bound: after 100 new events, and when the board has to be made anew (deleted, other hours). The
peers: one second, and the plain query that a program of its own would ask of a table that somebody else keeps up to
date. CALLOUT_BENCH_LEDGERS names a folder that keeps the ledger for the day.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.bill_ledger import SYSTEM
from benchmarks.pairs import Ratio, in_turn, processor_ms, wall_ms
from callout.ledger import Draft, open_ledger
from callout.ledger.event import Row
from callout.ledger.rows import EMPTY, rows_after

# Wall and processor time of one run, in milliseconds.
Figures = tuple[float, float]
CASES, CUSTOMERS, NEWER = 100_000, 20, 100
SECOND_MS = 1000.0
DAYS = 14
RULES = {
    "first_reply": {"within": "1 business day", "runs": "hours", "source": "callout_policy.desk.first_reply"},
    "critical_patch": {"within": "24 hours", "runs": "always", "source": "callout_policy.desk.critical_patch"},
    "resolution": {"within": "30 business days", "runs": "hours", "source": "callout_policy.desk.goals.normal"},
}
CUSTOMER = """callout_customer:
  id: {name}
  name: Customer
  contract: support
  registered_addresses: [it@customer.example]
  time_zone: {zone}
  currency: EUR
"""
ZONES = ("Europe/Vienna", "America/New_York", "Asia/Kolkata", "America/Sao_Paulo")
# Some of them are breached: what there is to do is told by the exit status.
BREACHED = 3
# The query of whoever has a table of cases with their deadlines: the next fifty, and how many are over.
PEER = """
import sqlite3, sys, time
table = sqlite3.connect(sys.argv[1])
now = time.time()
print(table.execute("SELECT count(*), sum(due <= ?) FROM cases", [now]).fetchone())
for row in table.execute("SELECT number, customer, due, subject FROM cases ORDER BY due LIMIT 50"):
    print(*row)
"""


def measure() -> list[Ratio]:
    """Wall and processor time of the whole command, medians; what makes the board anew is measured once."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        ledger = Path(os.environ.get("CALLOUT_BENCH_LEDGERS", temporary)) / f"cases-{dt.date.today():%Y-%m-%d}.sqlite"  # noqa: DTZ011
        if not ledger.exists():
            _make_ledger(ledger)
        inventory, table = folder / "inventory", folder / "table.sqlite"
        _make_inventory(inventory)
        _make_table(table)
        due = _due(inventory, ledger)
        cold = due()
        warm, peer = in_turn(lambda: due()[0], lambda: wall_ms(_peer(table)), 7)
        processor = statistics.median(due()[1] for _ in range(5))
        newer = [_after_newer(ledger, due) for _ in range(3)]
        anew = _after_other_hours(inventory, due)
    told = f"callout case due, {CASES:,} open cases"
    return [
        Ratio(f"{told} / a second", "wall", warm, SECOND_MS, 1),
        Ratio(f"{told} / a second", "processor", processor, SECOND_MS, 1),
        Ratio(f"{told} / a plain query of a table", "wall", warm, peer, 20),
        *_both(f"{told}, {NEWER} newer events / a second", (_median(newer, 0), _median(newer, 1)), SECOND_MS),
        *_both(f"{told}, no board yet / a minute", cold, 60 * SECOND_MS),
        *_both(f"{told}, other hours / a minute", anew, 60 * SECOND_MS),
    ]


def _both(claim: str, figures: Figures, peer_ms: float) -> Iterator[Ratio]:
    for name, figure in zip(("wall", "processor"), figures, strict=True):
        yield Ratio(claim, name, figure, peer_ms, 2)


def _median(every: list[Figures], which: int) -> float:
    return statistics.median(figures[which] for figures in every)


def _due(inventory: Path, ledger: Path) -> Callable[[], Figures]:
    command = [str(Path(sys.executable).with_name("callout")), "case", "due", "-i", str(inventory)]

    def once() -> Figures:
        os.environ["CALLOUT_LEDGER"] = f"sqlite:///{ledger.resolve()}"
        try:
            began = time.perf_counter()
            processor = processor_ms(command, ended_with=(BREACHED,))
            return 1000 * (time.perf_counter() - began), processor
        finally:
            del os.environ["CALLOUT_LEDGER"]

    return once


def _peer(table: Path) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, "-c", PEER, str(table)], check=True, stdout=subprocess.DEVNULL)


def _after_newer(ledger: Path, due: Callable[[], Figures]) -> Figures:
    """As many customers have written since."""
    now = dt.datetime.now(dt.UTC)
    with closing(open_ledger(str(ledger), lambda: now)) as opened:
        opened.append(*(_heard(number * (CASES // NEWER), now) for number in range(NEWER)))
    return due()


def _after_other_hours(inventory: Path, due: Callable[[], Figures]) -> Figures:
    path = inventory / "group_vars" / "all.yml"
    path.write_text(path.read_text().replace('"17:00"', '"16:00"'))
    _let_it_rest(inventory)
    return due()


def _make_ledger(path: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    with closing(open_ledger(str(path), lambda: now)) as ledger:
        ledger.fill(_rows(now))


def _rows(now: dt.datetime) -> Iterator[Row]:
    """Opened over two weeks; most were answered, a third waits for the customer, none has ended."""
    head = EMPTY
    names = (str(uuid.UUID(int=number)) for number in itertools.count(1))
    for first in range(0, CASES, 500):
        drafts = [draft for number in range(first, first + 500) for draft in _story(number, now)]
        rows = rows_after(head, drafts, number=str, cases=lambda: 0, identifier=names.__next__, now=lambda: now)
        head = (rows[-1]["seq"], rows[-1]["hash"])
        yield from rows


def _story(number: int, now: dt.datetime) -> Iterator[Draft]:
    opened = now - dt.timedelta(days=DAYS) + number * dt.timedelta(days=DAYS) / CASES
    body = {
        "channel": "email", "sender": "it@customer.example", "subject": f"One-way audio on trunk {number % 97}",
        "text": "Since this morning callers do not hear us. " * 10, "priority": "normal", "mode": "", "mail": "",
        "entitlement": {"contract": "support"}, "rules": RULES, "ticket": "",
    }  # fmt: skip
    yield _draft("case_opened", number, opened, body)
    if number % 10:
        asks = number % 3 == 0
        reply = {"letter": "update", "text": "Please look at the trunk's codecs. " * 8, "reply": True, "asks": asks}
        yield _draft("case_told", number, opened + dt.timedelta(minutes=5), {**reply, "links": [], "language": "en"})
        if not asks:
            yield _heard(number, opened + dt.timedelta(minutes=10))


def _heard(number: int, at: dt.datetime) -> Draft:
    said = {"channel": "email", "sender": "it@customer.example", "text": "Done.", "mail": "", "answers": True}
    return _draft("case_heard", number, at, said)


def _draft(kind: str, number: int, at: dt.datetime, body: dict[str, object]) -> Draft:
    customer = f"customer{number % CUSTOMERS}"
    return Draft(kind, at, "eva@desk", customer, f"{customer}-pbx1", "", {"case": f"CS-{number + 1:06d}", **body})


def _make_inventory(folder: Path) -> None:
    hosts = "".join(
        f"customer{one}: {{hosts: {{customer{one}-pbx1: {{ansible_host: 192.0.2.{one + 1}}}}}}}\n"
        for one in range(CUSTOMERS)
    )
    files = {"hosts.yml": hosts, "group_vars/all.yml": 'callout_policy: {hours: {closes: "17:00"}}\n'}
    for one in range(CUSTOMERS):
        name = f"customer{one}"
        files[f"group_vars/{name}.yml"] = CUSTOMER.format(name=name, zone=ZONES[one % len(ZONES)])
        files[f"host_vars/{name}-pbx1.yml"] = SYSTEM
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _let_it_rest(folder)


def _let_it_rest(folder: Path) -> None:
    """As files that nobody has touched for a while: what was changed only now is read again, to be sure."""
    for path in folder.rglob("*.yml"):
        status = path.stat()
        os.utime(path, (status.st_atime, status.st_mtime - 60))


def _make_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as table:
        table.execute("CREATE TABLE cases (number TEXT PRIMARY KEY, customer TEXT, due REAL, subject TEXT)")
        table.execute("CREATE INDEX cases_by_due ON cases (due)")
        now = dt.datetime.now(dt.UTC).timestamp()
        rows = (
            (f"CS-{one:06d}", f"customer{one % CUSTOMERS}", now + one - 1000, "One-way audio") for one in range(CASES)
        )
        table.executemany("INSERT INTO cases VALUES (?, ?, ?, ?)", rows)
        table.commit()
