"""How a matter ends, how it is escalated, and what is asked of customers."""

from __future__ import annotations

from collections.abc import Iterator

from callout.policy.desk_words import ClockName, Priority
from callout.policy.outcomes import OUTCOMES
from callout.views.procedure.facts import Facts
from callout.views.procedure.model import Part, Said, paragraph, points
from callout.views.procedure.telling import Teller

DESK = "callout_policy.desk"
LEVELS = (1, 2, 3)


def endings_part(facts: Facts, teller: Teller) -> Part:
    """The five outcomes, and the clock of a critical bug."""
    part = "how a matter ends"
    within = teller.within(facts.rules(Priority.NORMAL)[ClockName.CRITICAL_PATCH])
    return Part(
        "endings",
        teller.words["endings"],
        (
            paragraph(teller.cite("endings are", part)),
            points(*(teller.cite(f"outcome {outcome}", part) for outcome in OUTCOMES)),
            paragraph(teller.say("critical patch", f"{DESK}.critical_patch", within=within)),
            paragraph(teller.cite("replies are clear", part)),
        ),
    )


def escalation_part(facts: Facts, teller: Teller) -> Part:
    """What to do where an answer does not help, who is told, and by when it is acknowledged."""
    part = "escalation"
    concerns = [teller.cite(f"concern {name}", part) for name in ("understood", "satisfactory", "urgent")]
    levels = [paragraph(*_level(level, facts, teller)) for level in LEVELS]
    return Part(
        "escalation",
        teller.words["escalation"],
        (
            paragraph(teller.cite("escalation is", part)),
            points(*concerns),
            *levels,
            paragraph(teller.cite("one level after the other", part)),
        ),
    )


def asked_part(facts: Facts, teller: Teller) -> Part:
    """What we ask of whoever asks us."""
    asked = [teller.cite(name, "asked of customers") for name in ("clear description", "timely replies")]
    return Part("asked", teller.words["asked"], (points(*asked),))


def _level(level: int, facts: Facts, teller: Teller) -> Iterator[Said]:
    yield teller.cite(f"level {level}", "escalation")
    key, address = _in_copy(level, facts)
    if address:
        yield teller.say("in copy" if level < 3 else "last address", key, address=address)
    rule, said_by = facts.acknowledgement(level)
    yield teller.say("acknowledged", said_by, within=teller.within(rule))


def _in_copy(level: int, facts: Facts) -> tuple[str, str | None]:
    people = facts.policy.desk.people
    if level == 1:
        return f"{DESK}.people.support_manager", people.support_manager
    if level == 3:
        return f"{DESK}.people.last", people.last
    if facts.customer and facts.customer.desk.account_manager:
        return "callout_customer.desk.account_manager", facts.customer.desk.account_manager
    return f"{DESK}.people.account_manager", people.account_manager
