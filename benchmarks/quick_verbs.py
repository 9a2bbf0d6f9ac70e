"""Claim: a quick verb costs little more than starting Python, so that nobody avoids logging time."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks.pairs import Ratio, in_turn, processor_ms


def measure() -> list[Ratio]:
    """Processor time of `callout list` on a ledger with some records, against `python -c pass`."""
    callout = str(Path(sys.executable).with_name("callout"))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CALLOUT_LEDGER"] = f"sqlite:///{folder}/ledger.sqlite"
        _fill()
        ours, peer = in_turn(
            lambda: processor_ms([callout, "list", "--json"]),
            lambda: processor_ms([sys.executable, "-c", "pass"]),
            rounds=9,
        )
        del os.environ["CALLOUT_LEDGER"]
    return [Ratio("callout list / python -c pass", "processor", ours, peer, 15)]


def _fill() -> None:
    import datetime as dt

    from callout.ledger import Draft, open_ledger

    ledger = open_ledger(os.environ["CALLOUT_LEDGER"], lambda: dt.datetime.now(dt.UTC))
    moment = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    body = {"ticket": "T-1", "reason": "bench"}
    ledger.append(*(Draft("opened", moment, "bench", "acme", "acme-pbx1", "NEW", body) for _ in range(1)))
    ledger.close()
