"""What the document is made from: the policy, this year's dates, the products' ports, and perhaps one customer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from callout.inventory.desk import ClockRule
from callout.inventory.models import Customer
from callout.inventory.policy import Policy
from callout.policy.desk_words import Priority

GOALS = ("first_reply", "next_update", "plan", "resolution")


@dataclass(frozen=True, slots=True)
class ProductPorts:
    """The TCP ports by which one product, or one system of it, is reached. `shown` is its name for a reader."""

    shown: str
    gui: tuple[int, ...]
    wizard: tuple[int, ...]
    ssh: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """A rule that holds for a priority, and the key it was read from."""

    rule: ClockRule
    key: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is told. `today` is the date in the zone where the vendor's day opens; its year is the one whose weeks
    are shown. `holidays` are the vendor's public holidays of that year, by date."""

    policy: Policy
    today: dt.date
    ports: tuple[ProductPorts, ...]
    holidays: Mapping[dt.date, str]
    customer: Customer | None = None

    def goal(self, priority: Priority, clock: str) -> Goal | None:
        """The customer's own rule before the policy's; the first reply has one in any case, the others may not."""
        customers = self.customer.desk.goals if self.customer else {}
        for goals, owner in ((customers, "callout_customer"), (self.policy.desk.goals, "callout_policy")):
            for name, rule in goals.get(priority, {}).items():
                if name == clock:
                    return Goal(rule, f"{owner}.desk.goals.{priority}.{clock}")
        if clock == "first_reply":
            return Goal(self.policy.desk.first_reply, "callout_policy.desk.first_reply")
        return None
