"""What the document is made from: the policy, this year's dates, the products' ports, and perhaps one customer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from callout.desk.rules import POLICY, Rule, acknowledgement_rule, rules_for
from callout.inventory.desk import CustomerDesk
from callout.inventory.models import Customer
from callout.inventory.policy import Policy
from callout.policy.desk_words import ClockName, Priority

# The clocks that a priority may have a goal for.
GOALS = (ClockName.FIRST_REPLY, ClockName.NEXT_UPDATE, ClockName.PLAN, ClockName.RESOLUTION)


@dataclass(frozen=True, slots=True)
class ProductPorts:
    """The TCP ports by which one product, or one system of it, is reached. `shown` is its name for a reader."""

    shown: str
    gui: tuple[int, ...]
    wizard: tuple[int, ...]
    ssh: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is told. `today` is the date in the zone where the vendor's day opens; its year is the one whose weeks
    are shown. `holidays` are the vendor's public holidays of that year, by date."""

    policy: Policy
    today: dt.date
    ports: tuple[ProductPorts, ...]
    holidays: Mapping[dt.date, str]
    customer: Customer | None = None

    def rules(self, priority: Priority) -> Mapping[ClockName, Rule]:
        """What is promised by that priority, with the key of each: exactly what a case of theirs would be held to."""
        return rules_for(self.policy.desk, self.customer.desk if self.customer else CustomerDesk(), priority)

    def acknowledgement(self, level: int) -> tuple[Rule, str]:
        """Within which time an escalation of that level (1..3) is acknowledged, and the key that says so."""
        desk, rules = self.policy.desk, self.rules(Priority.NORMAL)
        own = level in desk.acknowledgements
        key = f"{POLICY}.acknowledgements" if own else rules[ClockName.FIRST_REPLY].source
        return acknowledgement_rule(desk, rules, level, Priority.NORMAL), key
