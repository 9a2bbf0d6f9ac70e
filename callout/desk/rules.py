"""Which promise each clock of a case has, and which key of the inventory it comes from. Pure.

The published procedure promises two things: a first reply within one business day, and a patch for a critical bug
within 24 hours by the wall clock. A later version of the page says "within 24 hours on business days" of the first:
that is `{within: 24 hours, runs: business_days}`. Every other goal is the house's own, by priority, or one customer's.

A case keeps the rules that held when it was opened or changed (`rules` in its events): who changes the inventory
changes no promise that was made before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from callout.errors import BadInput
from callout.inventory.desk import ClockRule, CustomerDesk, Desk
from callout.policy.desk_words import ClockName, Priority, Runs

POLICY = "callout_policy.desk"
CUSTOMER = "callout_customer.desk"


@dataclass(frozen=True, slots=True)
class Rule:
    """Within which time (`1 business day`, `24 hours`, `45 minutes`), and when that time passes.

    `source` is the key of the inventory that says so; empty where an older event did not keep it.
    """

    within: str
    runs: Runs
    source: str = ""

    def as_dict(self) -> dict[str, str]:
        """JSON-able, as the events keep it."""
        return {"within": self.within, "runs": self.runs.value, "source": self.source}

    @property
    def count(self) -> int:
        """How many of the unit."""
        return int(self.within.split()[0])

    @property
    def in_business_days(self) -> bool:
        """Counted in whole business days, not in seconds."""
        return "business" in self.within

    @property
    def seconds(self) -> int:
        """The time in seconds. Raises BadInput for business days, which have no one length."""
        if self.in_business_days:
            raise BadInput(f"{self.within} has no one length in seconds.", "Count it in a calendar.")
        return self.count * (3600 if "hour" in self.within else 60)


def rules_for(desk: Desk, customer: CustomerDesk, priority: Priority) -> dict[ClockName, Rule]:
    """The rules of a case of that priority, by clock; a clock that nobody promised anything for is not among them.

    A customer's goal stands in place of the house's goal, and that in place of the published rule.
    """
    rules = {
        ClockName.FIRST_REPLY: _rule(desk.first_reply, priority, f"{POLICY}.first_reply"),
        ClockName.CRITICAL_PATCH: _rule(desk.critical_patch, priority, f"{POLICY}.critical_patch"),
    }
    for goals, key in ((desk.goals, POLICY), (customer.goals, CUSTOMER)):
        for name, rule in goals.get(priority, {}).items():
            rules[ClockName(name)] = _rule(rule, priority, f"{key}.goals.{priority}.{name}")
    return rules


def acknowledgement_rule(desk: Desk, rules: Mapping[ClockName, Rule], level: int, priority: Priority) -> Rule:
    """Within which time an escalation of that level (1..3) is acknowledged; without a rule of its own as a first
    reply."""
    own = desk.acknowledgements.get(level)
    if own is not None:
        return _rule(own, priority, f"{POLICY}.acknowledgements.{level}")
    first = rules.get(ClockName.FIRST_REPLY) or _rule(desk.first_reply, priority, f"{POLICY}.first_reply")
    return Rule(first.within, first.runs, f"{first.source}, as {POLICY}.acknowledgements.{level} says nothing else")


def snapshot(rules: Mapping[ClockName, Rule]) -> dict[str, dict[str, str]]:
    """The rules as an event's body keeps them: `{clock: {within, runs, source}}`."""
    return {name.value: rule.as_dict() for name, rule in rules.items()}


def rules_from(raw: Mapping[str, Any]) -> dict[ClockName, Rule]:
    """The rules that `snapshot` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    return {ClockName(name): _read(said["within"], said["runs"], said.get("source", "")) for name, said in raw.items()}


@lru_cache(maxsize=1024)
def _read(within: str, runs: str, source: str) -> Rule:
    """Read by the same rule as the inventory: a length that nobody could count is refused here, not met later. A desk
    has few rules and many cases."""
    return Rule(ClockRule(within=within, runs=Runs(runs)).within, Runs(runs), str(source))


def _rule(rule: ClockRule, priority: Priority, source: str) -> Rule:
    if rule.runs is not None:
        return Rule(rule.within, rule.runs, source)
    # An emergency is served around the clock; business days are of the vendor's hours by their very name.
    always = priority is Priority.EMERGENCY and rule.unit != "business day"
    return Rule(rule.within, Runs.ALWAYS if always else Runs.HOURS, source)
