"""How a ticket comes in, what is promised from then on, when its clocks stand still, and the emergency telephone."""

from __future__ import annotations

from collections.abc import Iterator

from callout.desk.rules import Rule
from callout.policy.desk_words import Priority, Runs
from callout.views.procedure.facts import GOALS, Facts
from callout.views.procedure.model import Block, Part, Row, Said, Shape, paragraph, points
from callout.views.procedure.telling import Teller

DESK = "callout_policy.desk"


def tickets_part(facts: Facts, teller: Teller) -> Part:
    """Tickets and their clocks."""
    return Part("tickets", teller.words["tickets"], tuple(_blocks(facts, teller)))


def emergency_part(facts: Facts, teller: Teller) -> Part:
    """Who may call, and what for."""
    percent = facts.policy.desk.emergency_failing_percent
    part = "emergency telephone"
    conditions = points(
        teller.cite("emergency contract", part, "callout_customer.emergency_phone"),
        teller.cite("emergency caller", part),
        teller.say("emergency percent", f"{DESK}.emergency_failing_percent", percent=percent),
    )
    then = [teller.cite("emergency charged", part)]
    if facts.policy.hours.closures:
        then.insert(0, teller.cite("emergencies in closures", "hours", "callout_policy.hours.closures"))
    blocks = (paragraph(teller.cite("emergency is", part)), conditions, paragraph(*then))
    return Part("emergency", teller.words["emergency"], blocks)


def _blocks(facts: Facts, teller: Teller) -> Iterator[Block]:
    desk = facts.policy.desk
    opening = [teller.cite("every matter", "tickets")]
    if desk.address:
        opening.append(teller.say("write to", f"{DESK}.address", address=desk.address))
    yield paragraph(*opening)
    yield paragraph(teller.cite("registered", "tickets", "callout_customer.registered_addresses"))
    yield paragraph(teller.cite("chat", "tickets"))
    yield paragraph(*_first_reply(facts, teller))
    rows, told = _goals(facts, teller)
    if told:
        yield paragraph(teller.say("goals", f"{DESK}.goals"))
        head = (teller.words["priority"], *(teller.words[f"clock {clock}"] for clock in GOALS))
        yield Block(Shape.TABLE, head=head, rows=rows)
    else:
        yield paragraph(teller.say("no goals", f"{DESK}.goals"))
    yield paragraph(*_pauses(facts, teller))


def _first_reply(facts: Facts, teller: Teller) -> Iterator[Said]:
    said, key = facts.policy.desk.first_reply, f"{DESK}.first_reply"
    rule = Rule(said.within, said.runs or Runs.HOURS)
    yield teller.say("first reply", f"{key}.within", f"{key}.runs", within=teller.within(rule))
    if rule.in_business_days:
        yield teller.say("business day", f"{key}.within", "callout_policy.hours.days")
    elif rule.runs is Runs.BUSINESS_DAYS:
        yield teller.say("business days run", f"{key}.runs", "callout_policy.hours.days")
    yield teller.say("receipt is no reply", key)


def _goals(facts: Facts, teller: Teller) -> tuple[tuple[Row, ...], bool]:
    """A row for each priority, and whether anything but the one first reply is promised."""
    rows, told = [], False
    for priority in Priority:
        cells, keys = [teller.words[f"priority {priority}"]], list[str]()
        rules = facts.rules(priority)
        for clock in GOALS:
            rule = rules.get(clock)
            cells.append(teller.within(rule) if rule else teller.words["not promised"])
            keys += [rule.source] if rule else []
        told = told or any(".goals." in key for key in keys)
        rows.append(Row(tuple(cells), tuple(keys)))
    return tuple(rows), told


def _pauses(facts: Facts, teller: Teller) -> Iterator[Said]:
    pauses = facts.policy.desk.pause_on_customers_turn
    yield teller.say("pauses" if pauses else "no pauses", f"{DESK}.pause_on_customers_turn")
    yield teller.say("critical never pauses", f"{DESK}.critical_patch")
