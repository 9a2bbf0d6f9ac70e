"""Claim: a quick verb costs little more than starting Python, so that nobody avoids logging time.

Also where the ledger is old: the verbs of `callout time` are measured on one of a million events, in which a team has
worked for five years.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.pairs import Ratio, in_turn, processor_ms

if TYPE_CHECKING:
    from callout.ledger import Ledger

CALLOUT = str(Path(sys.executable).with_name("callout"))
MILLION = 1_000_000
TOGETHER = 10_000
ROUNDS = 9
AT_MOST = 15
PEOPLE = ("eva", "max", "ida", "bob", "ann")
HOSTS = """
all:
  children:
    acme:
      hosts: {acme-pbx1: {ansible_host: 192.0.2.10, callout_system: {product: pbxware}}}
      vars:
        callout_customer:
          {id: acme, name: Acme, contract: support, registered_addresses: [it@acme.example], time_zone: UTC,
           currency: EUR}
"""


def measure() -> list[Ratio]:
    """Processor time of the quick verbs, against `python -c pass`."""
    with _desk(1):
        listed = in_turn(_of("list", "--json"), _python, rounds=ROUNDS)
    ratios = [Ratio("callout list / python -c pass", "processor", *listed, AT_MOST)]
    with _desk(MILLION) as ledger:
        ledger.close()
        for name, measured in _time_verbs().items():
            claim = f"callout time {name} in a ledger of 1,000,000 events / python -c pass"
            ratios.append(Ratio(claim, "processor", *in_turn(measured, _python, rounds=ROUNDS), AT_MOST))
    return ratios


def _time_verbs() -> dict[str, Callable[[], float]]:
    start = _of("time", "start", "--callout", "CO-0001", "--note", "Looked")
    by_name = _of("time", "start", "--system", "acme-pbx1", "--ticket", "T-1")
    switch = _of("time", "switch", "--system", "acme-pbx1", "--ticket", "T-2")
    stop = _of("time", "stop", "--note", "found it")
    by_name(), stop()  # the inventory is read once, and remembered
    return {
        "start --callout": lambda: (start(), stop())[0],
        "start --system": lambda: (by_name(), stop())[0],
        "stop": lambda: (start(), stop())[1],
        "switch": lambda: (start(), switch(), stop())[1],
    }


def _of(*words: str) -> Callable[[], float]:
    return lambda: processor_ms([CALLOUT, *words])


def _python() -> float:
    return processor_ms([sys.executable, "-c", "pass"])


@contextmanager
def _desk(events: int) -> Iterator[Ledger]:
    """A ledger of so many events, the last of them now, and an inventory of one system, as this process's own."""
    from callout.ledger import open_ledger

    with tempfile.TemporaryDirectory() as folder:
        hosts = Path(folder) / "hosts.yml"
        hosts.write_text(HOSTS, encoding="utf-8")
        os.utime(hosts, (1_700_000_000, 1_700_000_000))
        settings = {
            "ANSIBLE_INVENTORY": str(hosts),
            "CALLOUT_DATA": f"{folder}/data",
            "CALLOUT_LEDGER": f"sqlite:///{folder}/ledger.sqlite",
            "CALLOUT_ACTOR": "eva@desk",
        }
        before = {name: os.environ.get(name) for name in settings}
        os.environ.update(settings)
        ledger = open_ledger(settings["CALLOUT_LEDGER"], lambda: dt.datetime.now(dt.UTC))
        try:
            _fill(ledger, events)
            yield ledger
        finally:
            ledger.close()
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


def _fill(ledger: Ledger, events: int) -> None:
    """A call-out, then sessions of five people, each begun and logged, over the five years until now."""
    from callout.ledger import Draft
    from callout.worklog.entry import Source, work_body

    now, years = dt.datetime.now(dt.UTC), dt.timedelta(days=1800)
    body = {"ticket": "T-1", "reason": "bench", "contract": "support"}
    (opened,) = ledger.append(Draft("opened", now - years, "bench", "acme", "acme-pbx1", "NEW", body))
    names, step = ("acme", "acme-pbx1", ""), years / events
    for first in range(1, events // 2, TOGETHER):
        begun = [
            (opened.happened_at + number * 2 * step, f"{PEOPLE[number % len(PEOPLE)]}@desk")
            for number in range(first, min(first + TOGETHER, events // 2))
        ]
        started = ledger.append(*(Draft("work_started", at, who, *names, {"ticket": "T-1"}) for at, who in begun))
        logged = [
            work_body(
                source=Source.PERSON, started_at=at, ended_at=at + step, seconds=60, ticket="T-1", note="Looked",
                more={"session": event.id},
            )
            for (at, _), event in zip(begun, started, strict=True)
        ]  # fmt: skip
        ledger.append(
            *(Draft("work_logged", at + step, who, *names, one) for (at, who), one in zip(begun, logged, strict=True))
        )
