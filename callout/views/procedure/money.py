"""What is charged, and how minutes become money. A rate that nobody wrote down is never made up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal

from babel.numbers import format_currency, format_decimal

from callout.inventory.rates import DatedRate, Rates
from callout.views.procedure.facts import Facts
from callout.views.procedure.model import Block, Part, Row, Said, Shape, paragraph, points
from callout.views.procedure.telling import Teller

MONEY = "callout_policy.money"
CUSTOMER_RATES = "callout_customer.rates"


def money_part(facts: Facts, teller: Teller) -> Part:
    """The charging words, and the rates that are on file."""
    return Part("charging", teller.words["charging"], tuple(_blocks(facts, teller)))


def _blocks(facts: Facts, teller: Teller) -> Iterator[Block]:
    money = facts.policy.money
    covered = [teller.words[f"work {kind}"] for kind in money.maintenance_covers]
    said = [teller.cite("maintenance charged", "support and maintenance")]
    if covered:
        kinds = teller.listed(covered)
        said.append(teller.say("maintenance covers", f"{MONEY}.maintenance_covers", kinds=kinds))
    yield paragraph(*said)
    yield points(*_rounding(facts, teller))
    rows = tuple(_rates(facts, teller))
    if rows:
        head = (teller.words["role"], teller.words["per hour"], teller.words["valid"])
        yield paragraph(teller.say("rates", f"{MONEY}.rates", *([CUSTOMER_RATES] if facts.customer else [])))
        yield Block(Shape.TABLE, head=head, rows=rows)
        if not facts.customer:
            yield paragraph(teller.say("rates currency", "callout_customer.currency"))
    else:
        yield paragraph(teller.say("no rates", f"{MONEY}.rates"))
    if dearer := list(_multipliers(facts, teller)):
        yield paragraph(teller.say("dearer", f"{MONEY}.multipliers"))
        yield points(*dearer)


def _rounding(facts: Facts, teller: Teller) -> Iterator[Said]:
    money = facts.policy.money
    yield teller.say(f"rounding {money.rounding}", f"{MONEY}.rounding", f"{MONEY}.increment_minutes",
                     minutes=money.increment_minutes)  # fmt: skip
    if money.minimum_minutes:
        yield teller.say("minimum", f"{MONEY}.minimum_minutes", minutes=money.minimum_minutes)
    for kind, own in money.work.items():
        if own.increment_minutes:
            yield teller.say("rounding of work", f"{MONEY}.work", kind=teller.words[f"work {kind}"],
                             minutes=own.increment_minutes)  # fmt: skip
        if own.minimum_minutes:
            yield teller.say("minimum of work", f"{MONEY}.work", kind=teller.words[f"work {kind}"],
                             minutes=own.minimum_minutes)  # fmt: skip


def _rates(facts: Facts, teller: Teller) -> Iterator[Row]:
    """The customer's own rate of a role stands in place of the policy's; what is over is not told any more."""
    policy = facts.policy.money
    own: Mapping[str, Rates] = facts.customer.rates if facts.customer else {}
    for role in dict.fromkeys([*policy.rates, *own]):
        rates, key = (own[role], CUSTOMER_RATES) if role in own else (policy.rates[role], f"{MONEY}.rates")
        shown = teller.words.get(f"role {role}", role)
        yield from (_rate(shown, one, key, facts, teller) for one in rates if _is_ahead(one, facts.today))
    for one in policy.standard_rate or ():
        if _is_ahead(one, facts.today):
            yield _rate(teller.words["any role"], one, f"{MONEY}.standard_rate", facts, teller)


def _rate(role: str, rate: DatedRate, key: str, facts: Facts, teller: Teller) -> Row:
    return Row((role, _amount(rate.amount, facts, teller), _valid(rate, teller)), (key,))


def _amount(amount: Decimal, facts: Facts, teller: Teller) -> str:
    if facts.customer is None:
        return str(format_decimal(amount, locale=teller.locale, decimal_quantization=False, format="#,##0.00"))
    return str(
        format_currency(amount, facts.customer.currency, locale=teller.locale, decimal_quantization=False)
    )  # fmt: skip


def _valid(rate: DatedRate, teller: Teller) -> str:
    words = teller.words
    if rate.valid_from and rate.valid_to:
        return words["to"].format(first=teller.date(rate.valid_from), last=teller.date(rate.valid_to))
    if rate.valid_from:
        return words["valid from"].format(day=teller.date(rate.valid_from))
    return words["valid until"].format(day=teller.date(rate.valid_to)) if rate.valid_to else words["valid always"]


def _is_ahead(rate: DatedRate, today: dt.date) -> bool:
    return rate.valid_to is None or rate.valid_to >= today


def _multipliers(facts: Facts, teller: Teller) -> Iterator[Said]:
    multipliers = facts.policy.money.multipliers
    for name in ("out_of_hours", "weekend", "holiday", "emergency"):
        factor: Decimal | None = getattr(multipliers, name)
        if factor is not None:
            shown = str(format_decimal(factor, locale=teller.locale, decimal_quantization=False))
            yield teller.say(f"dearer {name}", f"{MONEY}.multipliers.{name}", factor=shown)
