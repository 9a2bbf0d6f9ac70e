"""What a reviewer has seen, as a hash, and what has changed since. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from callout.ledger.event import canonical

# Remarks for the office: that somebody works right now changes no bill.
_NOT_OF_THE_BILL = frozenset({"findings", "preview", "review", "schema_version"})
_ITEMS = ("lines", "expenses", "fixed")
_MARK_LENGTH = 16


def bill_hash(bill: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of `bill_dict` in canonical JSON, without the remarks for the office."""
    return _digest({key: value for key, value in bill.items() if key not in _NOT_OF_THE_BILL})


def fingerprint(bill: Mapping[str, Any]) -> dict[str, Any]:
    """Small enough for an event, and enough to say later what has changed: a mark for each item and for each part."""
    return {
        "items": {item["line"]: [item.get("amount"), _digest(item)[:_MARK_LENGTH]] for item in _items(bill)},
        "parts": {
            key: _digest(value)[:_MARK_LENGTH]
            for key, value in bill.items()
            if key not in _NOT_OF_THE_BILL and key not in _ITEMS
        },
    }


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What a fingerprint shows that an earlier one did not, as sentences; empty where they are the same."""
    then, now = before["items"], after["items"]
    told = [f"Line {line} is new: {_amount(now[line])}." for line in now if line not in then]
    told += [f"Line {line} is gone: {_amount(then[line])}." for line in then if line not in now]
    for line in (one for one in now if one in then and now[one] != then[one]):
        if now[line][0] == then[line][0]:
            told.append(f"Line {line} is told otherwise; its amount is the same: {_amount(now[line])}.")
        else:
            told.append(f"Line {line} was {_amount(then[line])} and is {_amount(now[line])}.")
    parts = {*before["parts"], *after["parts"]}
    changed = sorted(part for part in parts if before["parts"].get(part) != after["parts"].get(part))
    # That the totals follow from the lines needs no words of its own.
    rest = [part for part in changed if not (told and part in ("known", "total", "raw_seconds", "billed_minutes"))]
    return [*told, *([f"Other words or rules: {', '.join(rest)}."] if rest else [])]


def _items(bill: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [item for key in _ITEMS for item in bill.get(key, ())]


def _amount(seen: list[Any]) -> str:
    return "no amount yet" if seen[0] is None else str(seen[0])


def _digest(value: Any) -> str:
    return hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()
