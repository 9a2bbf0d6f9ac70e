"""Ledgers of many entries for the benchmarks of bills, and the same entries as hledger's timeclock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from callout.ledger import Draft, open_ledger
from callout.ledger.event import format_utc

FIRST = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
MONTHS = 60
# The month that is billed: neither the first nor the newest, and with a year of its contract behind it.
MONTH = "2023-12"
PER_MONTH = 160
AT_ONCE = 5000
POLICY = """callout_policy:
  vendor: Benchmark
  money:
    rates: {engineer: "96.00"}
    multipliers: {out_of_hours: "1.5", weekend: "2"}
"""
CUSTOMER = """callout_customer:
  id: customer0
  name: Customer 0
  contract: support
  registered_addresses: [it@customer.example]
  time_zone: Europe/Vienna
  currency: EUR
  contracts:
    - {id: B-2023, kind: hours_block, starts: 2023-01-01, ends: 2023-12-31, hours: "400"}
"""
SYSTEM = "ansible_password: x\ncallout_system: {product: pbxware, gui: {user: a@b.example, password: x}}\n"


def drafts(entries: int) -> Iterator[Draft]:
    """`entries` pieces of work, `PER_MONTH` of each customer in each month, in the order of time."""
    customers = entries // (MONTHS * PER_MONTH)
    step = dt.timedelta(days=365.25 / 12) / PER_MONTH
    for number in range(MONTHS * PER_MONTH):
        started = FIRST + number * step
        for customer in range(customers):
            begun = started + customer * dt.timedelta(seconds=30)
            ended = begun + dt.timedelta(minutes=20 + number % 70)
            body = {
                "source": "person",
                "started_at": format_utc(begun),
                "ended_at": format_utc(ended),
                "seconds": (ended - begun) // dt.timedelta(seconds=1),
                "role": "engineer",
                "ticket": f"T-{number % 40}",
                "note": "Looked for the cause of one-way audio",
                "activity": "maintenance",
            }
            yield Draft("work_logged", ended, f"engineer{customer}@desk", f"customer{customer}", body=body)


def make_ledger(path: Path, entries: int) -> None:
    """A ledger with that many entries."""
    ledger = open_ledger(f"sqlite:///{path}", lambda: dt.datetime.now(dt.UTC))
    waiting: list[Draft] = []
    for draft in drafts(entries):
        waiting.append(draft)
        if len(waiting) == AT_ONCE:
            ledger.append(*waiting)
            waiting.clear()
    ledger.append(*waiting)
    ledger.close()


def make_timeclock(path: Path, entries: int) -> None:
    """The same entries as hledger reads them."""
    with path.open("w", encoding="utf-8") as file:
        for draft in drafts(entries):
            begun, ended = (dt.datetime.fromisoformat(draft.body[name]) for name in ("started_at", "ended_at"))
            account = f"{draft.customer}:{draft.body['ticket']}"
            file.write(f"i {begun:%Y-%m-%d %H:%M:%S} {account}\no {ended:%Y-%m-%d %H:%M:%S}\n")


def make_inventory(folder: Path) -> None:
    """An inventory with the one customer that is billed."""
    for name, text in (
        ("hosts.yml", "customer0: {hosts: {customer0-pbx1: {ansible_host: 192.0.2.10}}}\n"),
        ("group_vars/all.yml", POLICY),
        ("group_vars/customer0.yml", CUSTOMER),
        ("host_vars/customer0-pbx1.yml", SYSTEM),
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
