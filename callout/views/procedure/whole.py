"""All parts in their order."""

from __future__ import annotations

from babel import Locale

from callout.views.procedure.access import access_part, support_part, unsupported_part
from callout.views.procedure.contract import contract_part
from callout.views.procedure.endings import asked_part, endings_part, escalation_part
from callout.views.procedure.facts import Facts
from callout.views.procedure.hours import hours_part
from callout.views.procedure.model import Procedure
from callout.views.procedure.money import money_part
from callout.views.procedure.telling import Teller
from callout.views.procedure.tickets import emergency_part, tickets_part
from callout.views.procedure.words import WORDS
from callout.views.words import locale_of


def procedure(facts: Facts, language: str = "") -> Procedure:
    """The document in `language`; left out, in the customer's, else in English. English where we have no words."""
    found = locale_of(language or (facts.customer.language if facts.customer else "en"))
    locale = found if found.language in WORDS else Locale("en")
    words = WORDS[locale.language]
    teller = Teller(locale, words)
    policy, customer = facts.policy, facts.customer
    told = [(words["vendor"], policy.vendor), (words["date"], teller.date(facts.today))]
    if customer:
        told.insert(1, (words["customer"], customer.name))
    parts = [
        hours_part(facts, teller),
        tickets_part(facts, teller),
        emergency_part(facts, teller),
        access_part(facts, teller),
        support_part(facts, teller),
        unsupported_part(facts, teller),
        endings_part(facts, teller),
        escalation_part(facts, teller),
        asked_part(facts, teller),
        money_part(facts, teller),
    ]
    if customer:
        parts.insert(0, contract_part(customer, teller))
    return Procedure(
        language=str(locale).replace("_", "-"),
        labels=words,
        title=words["title"],
        vendor=policy.vendor,
        facts=tuple(told),
        intro=teller.say("intro", "callout_policy.vendor", vendor=policy.vendor),
        parts=tuple(parts),
        year=facts.today.year,
    )
