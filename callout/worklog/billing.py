"""Events + customer + policy → the bill of one month. Pure: the same events give the same bill, in any order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision, is_currency

from callout.errors import BadInput
from callout.ledger.event import Event
from callout.policy.chargeable import Charge, Verdict, decide
from callout.policy.rates import rate_for
from callout.worklog.amended import entries_of
from callout.worklog.bill import Bill, BillLine, LineState, SumLine
from callout.worklog.entry import Entry
from callout.worklog.facts import facts_of
from callout.worklog.month import Month
from callout.worklog.overlap import Overlap, overlaps
from callout.worklog.remarks import remarks
from callout.worklog.rounding import Rounding, billed_minutes

if TYPE_CHECKING:
    from callout.inventory.models import Customer
    from callout.inventory.policy import Money

NO_OVERLAP = Overlap(0, ())


def bill_for(events: Iterable[Event], customer: Customer, money: Money, month: Month, vendor: str = "") -> Bill:
    """The customer's bill of the month, by the calendar of the customer's time zone.

    `events` are all of that customer. Work that crosses the month's end belongs to the month in which it
    began. Raises BadInput for a currency or a rate that cannot be used.
    """
    if not is_currency(customer.currency):
        raise BadInput(
            f"callout_customer.currency of {customer.id} is {customer.currency!r}, which is no currency.",
            "Write its ISO 4217 code, like EUR.",
        )
    own = [event for event in events if event.customer == customer.id]
    judged = _judged(own, customer, month)
    lost = overlaps(entry for entry, verdict in judged if verdict.charge is Charge.YES)
    start, end = month.span(customer.time_zone)
    rounding = Rounding(money.increment_minutes, money.minimum_minutes, money.rounding)
    decimals = get_currency_precision(customer.currency)
    lines = [
        _line(entry, verdict, lost.get(entry.event.id, NO_OVERLAP), customer, money.rates, rounding, decimals)
        for entry, verdict in sorted(judged, key=lambda one: (one[0].started_at, one[0].event.id))
        if start <= entry.started_at < end
    ]
    sums = _sums(lines, rounding, decimals)
    everything: list[BillLine | SumLine] = [*lines, *sums]
    amounts = [line.amount for line in everything if line.amount is not None]
    complete = all(line.state not in (LineState.RATE_UNKNOWN, LineState.UNDECIDED) for line in everything)
    known = sum(amounts, Decimal(0)).quantize(_unit(decimals))
    return Bill(
        vendor=vendor,
        customer=customer.id,
        name=customer.name,
        contract=customer.contract,
        language=customer.language,
        time_zone=customer.time_zone,
        month=month,
        currency=customer.currency,
        decimals=decimals,
        rounding=rounding,
        lines=tuple(lines),
        sums=tuple(sums),
        known=known,
        total=known if complete else None,
        findings=tuple(remarks(lines, sums, own, start, end)),
    )


def price(minutes: int, rate: Decimal, decimals: int) -> Decimal:
    """`minutes` × `rate` per hour, rounded half up to the currency's decimals."""
    return (minutes * rate / 60).quantize(_unit(decimals), ROUND_HALF_UP)


def _judged(events: Sequence[Event], customer: Customer, month: Month) -> list[tuple[Entry, Verdict]]:
    """The month's work with its verdict, and what overlaps with it from the months beside."""
    start, end = month.span(customer.time_zone)
    entries = entries_of(events)
    inside = [entry for entry in entries if start <= entry.started_at < end]
    reach = max((entry.ended_at for entry in inside), default=start)
    beside = [
        entry
        for entry in entries
        if entry.ended_at > start and entry.started_at < reach and not start <= entry.started_at < end
    ]
    by_callout: dict[str, list[Event]] = {}
    for event in sorted(events, key=lambda one: one.seq):
        if event.callout:
            by_callout.setdefault(event.callout, []).append(event)
    return [
        (entry, decide(facts_of(entry, by_callout.get(entry.event.callout, []), customer.contract)))
        for entry in (*inside, *beside)
    ]


def _line(
    entry: Entry,
    verdict: Verdict,
    overlap: Overlap,
    customer: Customer,
    standard_rates: Mapping[str, Decimal],
    rounding: Rounding,
    decimals: int,
) -> BillLine:
    date = entry.started_at.astimezone(ZoneInfo(customer.time_zone)).date()
    rate = rate_for(entry.role, customer.rates, standard_rates)
    line = BillLine(entry, date, verdict, LineState.PRICED, rate.amount, rate.source, None, None)
    if verdict.charge is Charge.UNDECIDED:
        return replace(line, state=LineState.UNDECIDED)
    if verdict.charge is Charge.NO:
        return replace(line, state=LineState.NOT_CHARGED, billed_minutes=0, amount=_unit(decimals) * 0)
    line = replace(line, deducted_seconds=overlap.seconds, claimed_by=overlap.claimed_by)
    if rounding.mode == "sum":
        return replace(line, state=LineState.IN_SUM)
    minutes = billed_minutes(entry.seconds - overlap.seconds, rounding)
    if rate.amount is None:
        return replace(line, state=LineState.RATE_UNKNOWN, billed_minutes=minutes)
    return replace(line, billed_minutes=minutes, amount=price(minutes, rate.amount, decimals))


def _sums(lines: Sequence[BillLine], rounding: Rounding, decimals: int) -> list[SumLine]:
    """One sum for each role, in the order of the roles' names; none where each entry is rounded."""
    of_role: dict[str, list[BillLine]] = {}
    for line in lines:
        if line.state is LineState.IN_SUM:
            of_role.setdefault(line.entry.role, []).append(line)
    sums = []
    for role, members in sorted(of_role.items()):
        seconds = sum(line.entry.seconds - line.deducted_seconds for line in members)
        minutes, rate = billed_minutes(seconds, rounding), members[0].rate
        sums.append(
            SumLine(
                role=role,
                seconds=seconds,
                state=LineState.PRICED if rate is not None else LineState.RATE_UNKNOWN,
                rate=rate,
                rate_source=members[0].rate_source,
                billed_minutes=minutes,
                amount=price(minutes, rate, decimals) if rate is not None else None,
                of=tuple(line.entry.event.id for line in members),
            )
        )
    return sums


def _unit(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)
