"""A policy that says much, a customer with much of their own, and the document of both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from callout.inventory import Customer, Policy
from callout.views.procedure import Facts, Procedure, ProductPorts, Said, procedure

TODAY = dt.date(2026, 11, 24)
PBXWARE = ProductPorts("PBXware", (80, 443), (81,), (2020,))
SERVERWARE = ProductPorts("SERVERware", (80, 443), (81,), (2020, 2222))
HOLIDAYS = {dt.date(2026, 12, 8): "Immaculate Conception (AT-9)", dt.date(2026, 12, 26): "Saint Stephen's Day (AT-9)"}
FULL: Mapping[str, Any] = {
    "vendor": "Nordwand Telefonie GmbH",
    "hours": {
        "opens_zone": "Europe/Vienna",
        "breaks": [{"starts": "12:00", "ends": "12:45"}],
        "half_days": [{"day": "12-22", "closes": "12:00", "zone": "Europe/Vienna", "reason": "shortest day"}],
        "closures": [
            {"first": "12-23", "last": "01-03", "reason": "between the years"},
            {"first": "2026-05-04", "last": "2026-05-08", "reason": "a move that is over"},
            {"first": "2027-02-01", "last": "2027-02-05", "reason": "moving house"},
        ],
        "holidays": [{"country": "AT", "subdivision": "9"}],
    },
    "money": {
        "rates": {
            "engineer": [{"amount": "96.00", "valid_to": "2026-12-31"},
                         {"amount": "99.50", "valid_from": "2027-01-01"}],
            "developer": [{"amount": "80", "valid_to": "2025-12-31"}, {"amount": "132", "valid_from": "2026-01-01"}],
        },
        "standard_rate": "70",
        "minimum_minutes": 30,
        "rounding": "ticket",
        "work": {"travel": {"increment_minutes": 60}, "support": {"minimum_minutes": 5}},
        "multipliers": {"out_of_hours": "1.5", "weekend": "2", "holiday": "2.5", "emergency": "3"},
    },
    "desk": {
        "address": "help@nordwand.example",
        "goals": {
            "emergency": {"first_reply": {"within": "30 minutes"}, "next_update": {"within": "2 hours"}},
            "high": {
                "first_reply": {"within": "4 hours"},
                "plan": {"within": "2 business days"},
                "resolution": {"within": "120 hours", "runs": "business_days"},
            },
        },
        "acknowledgements": {2: {"within": "8 hours"}, 3: {"within": "1 hour", "runs": "always"}},
        "documentation": "https://docs.nordwand.example/how-to",
        "faq": "https://docs.nordwand.example/faq",
        "people": {
            "support_manager": "mia@nordwand.example",
            "account_manager": "ole@nordwand.example",
            "last": "board@nordwand.example",
        },
    },
}  # fmt: skip
INITECH: Mapping[str, Any] = {
    "name": "Initech Ltd",
    "emergency_phone": True,
    "registered_addresses": ["it@initech.example", "ops@initech.example"],
    "time_zone": "Australia/Sydney",
    "currency": "USD",
    "rates": {"engineer": "150.00"},
    "holidays": {"country": "AU", "subdivision": "NSW"},
    "change_window": {"days": ["sat", "sun"], "opens": "22:00", "closes": "04:00"},
    "contracts": [{"id": "block-26", "kind": "hours_block", "hours": "20", "starts": "2026-01-01"}],
    "desk": {
        "goals": {"high": {"first_reply": {"within": "20 minutes", "runs": "always"}}},
        "pin": "493817",
        "callers": [{"name": "Peter Gibbons"}, {"name": "Samir N."}],
        "account_manager": "ann@nordwand.example",
    },
}


def document(language: str = "en", customer: Customer | None = None, **policy: Any) -> Procedure:
    """The document of the published procedure, with `policy` laid over it; two products."""
    facts = Facts(Policy.model_validate(policy), TODAY, (PBXWARE, SERVERWARE), {}, customer)
    return procedure(facts, language)


def full(language: str = "", customer: Customer | None = None) -> Procedure:
    """The document of the policy that says much, with its holidays."""
    return procedure(Facts(Policy.model_validate(FULL), TODAY, (PBXWARE, SERVERWARE), HOLIDAYS, customer), language)


def everything_said(of: Procedure, part: str = "") -> Iterator[Said]:
    """All sentences and all cells of tables, of one part or of all, each with its keys."""
    if not part:
        yield of.intro
    for one in of.parts:
        if part in ("", one.name):
            for block in one.blocks:
                yield from block.said
                yield from (Said(" | ".join(row.cells), row.keys) for row in block.rows)


def text_of(of: Procedure, part: str = "") -> str:
    """The same as one text."""
    return "\n".join(one.text for one in everything_said(of, part))
