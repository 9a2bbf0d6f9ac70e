"""Whose work a foreign record is: by its own words, rules, names that the inventory knows, options. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callout.errors import BadInput
from callout.policy.chargeable import Activity
from callout.worklog.exchange.record import File, Record

# What a rule or an option can say.
SAYABLE = ("customer", "system", "ticket", "callout", "activity", "role", "cause")
MAXIMUM_RULES = 5000

Rules = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Known:
    """What there is here: system → customer's id, customer's name or id → id, call-out → (customer, system, ticket)."""

    systems: Mapping[str, str] = field(default_factory=dict)
    customers: Mapping[str, str] = field(default_factory=dict)
    callouts: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)


def rules_of(data: Any, name: str) -> Rules:
    """The rules of a map file: label → what it says, like `{"PBX upgrade": {"system": "acme-pbx1", "ticket": "T-9"}}`.

    Raises BadInput naming file and key.
    """
    if not isinstance(data, dict) or len(data) > MAXIMUM_RULES:
        raise BadInput(f"{name} is no mapping of labels.", "Like: acme: {customer: acme, ticket: T-1}")
    for label, said in data.items():
        if not isinstance(label, str) or not isinstance(said, dict):
            raise BadInput(f"{name}: {str(label)[:60]!r} says nothing by name.", "Like: acme: {customer: acme}")
        for key, value in said.items():
            if key not in SAYABLE or not isinstance(value, str) or not value:
                raise BadInput(
                    f"{name}: {label[:60]!r} says {str(key)[:40]!r}: {str(value)[:40]!r}.",
                    f"Texts can be said of: {', '.join(SAYABLE)}.",
                )
    rules: Rules = data
    return rules


def said_of(file: File, record: Record, rules: Rules, known: Known, options: Mapping[str, str]) -> dict[str, str]:
    """What is known of the record's work: `SAYABLE` → value, always with customer and ticket.

    Raises BadInput naming the line where two labels contradict each other, where a name is unknown, or where nobody
    says whose work it is, or its ticket.
    """
    said: dict[str, str] = {name: value for name, value in record.named.items() if name in SAYABLE}
    by_rule: dict[str, str] = {}
    for label in record.labels:
        for name, value in rules.get(label, {}).items():
            if by_rule.setdefault(name, value) != value:
                raise file.wrong(record.line, f"its labels say two things of {name}: {by_rule[name]} and {value}")
    said = {**by_rule, **said}
    by_name = _by_name(file, record, known)
    if not {"customer", "system", "callout"} & set(said):
        said |= by_name
    for name, value in options.items():
        if value and not (name in ("customer", "system", "callout") and {"customer", "system", "callout"} & set(said)):
            said.setdefault(name, value)
    said = _completed(file, record, said, known)
    if not said.get("ticket", "").strip():
        remedy = "Say it there (ticket:T-1), by a rule (--map), or for all with --ticket."
        raise file.wrong(record.line, "work needs a ticket", remedy)
    for label in record.labels:
        if label in tuple(Activity):
            said.setdefault("activity", label)
    return said


def _by_name(file: File, record: Record, known: Known) -> dict[str, str]:
    systems = {label for label in record.labels if label in known.systems}
    customers = {known.customers[label] for label in record.labels if label in known.customers}
    if len(systems) > 1 or len(customers) > 1:
        raise file.wrong(record.line, f"its labels name several: {', '.join(sorted(systems or customers))}")
    found = {"system": next(iter(systems))} if systems else {}
    return found | ({"customer": next(iter(customers))} if customers else {})


def _completed(file: File, record: Record, said: Mapping[str, str], known: Known) -> dict[str, str]:
    """With the customer of the system, or all three names of the call-out; contradictions are refused."""
    full = dict(said)
    if "callout" in full:
        if full["callout"] not in known.callouts:
            raise file.wrong(record.line, f"there is no call-out {full['callout'][:40]!r}")
        for name, value in zip(("customer", "system", "ticket"), known.callouts[full["callout"]], strict=True):
            _agree(file, record, full, name, value)
    if "system" in full:
        if full["system"] not in known.systems:
            raise file.wrong(record.line, f"there is no system {full['system'][:40]!r} in the inventory")
        full["customer"] = known.customers.get(full.get("customer", ""), full.get("customer", ""))
        if not full["customer"]:
            del full["customer"]
        _agree(file, record, full, "customer", known.systems[full["system"]])
    if "customer" not in full:
        remedy = "Say it there (customer:ID, system:NAME), by a rule (--map), or for all with --customer."
        raise file.wrong(record.line, "nobody says whose work it is", remedy)
    if full["customer"] not in known.customers:
        raise file.wrong(record.line, f"there is no customer {full['customer'][:40]!r} in the inventory")
    full["customer"] = known.customers[full["customer"]]
    return full


def _agree(file: File, record: Record, said: dict[str, str], name: str, value: str) -> None:
    if value and said.setdefault(name, value) != value:
        raise file.wrong(record.line, f"its {name} is {said[name][:40]}, and should be {value[:40]}")
