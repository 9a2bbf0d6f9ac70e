"""Events + customer + policy → the bill of one month. Pure: the same events give the same bill, in any order.

What a contract still holds depends on what it has paid for until then, so that the months since the oldest contract
that can matter are worked out first, one after the other, in the same way as the bill's own.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision, is_currency

from callout.errors import BadInput
from callout.ledger.event import Event, parse_utc
from callout.policy.bands import BandCalendar, no_holiday
from callout.policy.chargeable import Charge
from callout.policy.public_holidays import holiday_on, unknown_place
from callout.worklog.balances import balances_of
from callout.worklog.bill import Bill, BillLine
from callout.worklog.claims import Group, claims_of, groups_of, rounding_of
from callout.worklog.entry import Entry
from callout.worklog.expenses import expenses_of
from callout.worklog.explaining import Explainer
from callout.worklog.fixed import fixed_items
from callout.worklog.history import first_month
from callout.worklog.lines import LineMaker
from callout.worklog.material import Elsewhere, Judged, Material, judged_work, material_of
from callout.worklog.month import Month, month_of, months_between
from callout.worklog.paying import Purse, Share, unit
from callout.worklog.pieces import Piece, change_days, day_of
from callout.worklog.rate_book import RateBook, Sources
from callout.worklog.remarks import remarks

if TYPE_CHECKING:
    from callout.inventory.models import Customer
    from callout.inventory.policy import Money
    from callout.policy.hours import WorkingHours

SHORT = 8
# Later than any invoice.
UNSETTLED = 2**63
NOTHING_ELSEWHERE = Elsewhere()


@dataclass(frozen=True, slots=True)
class _WorkedOut:
    """`judged` and `groups` are those of the bill's month, `shares` those of all months that were looked at."""

    purse: Purse
    judged: Sequence[Judged]
    groups: Sequence[Group]
    shares: Sequence[Share]


def bill_for(
    events: Iterable[Event],
    customer: Customer,
    money: Money,
    month: Month,
    vendor: str = "",
    *,
    hours: WorkingHours | None = None,
    origins: Mapping[str, str] | None = None,
    elsewhere: Elsewhere = NOTHING_ELSEWHERE,
) -> Bill:
    """The customer's bill of the month, by the calendar of the customer's time zone.

    `events` are all of that customer, or those that `steps.bill_events` reads. Work that crosses the month's end
    belongs to the month in which it began. `elsewhere` is what the same people did for others meanwhile. `hours` are
    the vendor's (default: the published ones), `origins` say where inventory keys were written. Raises BadInput for a
    currency or a rate that cannot be used.
    """
    if not is_currency(customer.currency):
        raise BadInput(
            f"callout_customer.currency of {customer.id} is {customer.currency!r}, which is no currency.",
            "Write its ISO 4217 code, like EUR.",
        )
    material = material_of([event for event in events if event.customer == customer.id])
    sources = Sources(origins or {})
    calendar = calendar_of(customer, money, hours, sources)
    work = _worked_out(material, customer, money, month, calendar, sources, elsewhere)
    lines = _lines(work, material, month)
    expenses = expenses_of(material.events, material.overrides, month, customer.currency, work.purse.decimals)
    fixed = fixed_items(work.purse, work.shares, month)
    asked = [line.amount for line in lines] + [line.amount for line in expenses] + [item.amount for item in fixed]
    known = sum((amount for amount in asked if amount is not None), Decimal(0)).quantize(unit(work.purse.decimals))
    bill = Bill(
        vendor=vendor,
        customer=customer.id,
        name=customer.name,
        contract=customer.contract,
        language=customer.language,
        time_zone=customer.time_zone,
        month=month,
        currency=customer.currency,
        decimals=work.purse.decimals,
        rounding=rounding_of(money, ""),
        lines=tuple(lines),
        known=known,
        total=None if None in asked else known,
        findings=(),
        expenses=expenses,
        fixed=fixed,
        balances=balances_of(work.purse, month, customer.currency),
        roundings={activity: rounding_of(money, activity) for activity in sorted(money.work)},
        factors=money.multipliers.by_band(),
        payers=tuple(money.payers) if customer.contracts else (),
        consumed_by=money.consumed_by,
        bucket_hours=money.bucket_hours,
        shared_minutes=money.shared_minutes,
        contested={one.entry.event.id: one.contested for one in work.judged if one.contested},
    )
    return replace(bill, findings=tuple(remarks(bill, material.events)))


def calendar_of(
    customer: Customer, money: Money, hours: WorkingHours | None = None, sources: Sources | None = None
) -> BandCalendar:
    """When an hour costs more at this customer. `hours` are the vendor's, default: the published ones.

    Raises BadInput where the holidays that policy multiplies are those of a place that nobody knows.
    """
    if hours is None:
        from callout.inventory.hours import Hours

        hours = Hours()
    place = customer.holidays if money.multipliers.holiday is not None else None
    if place and (complaint := unknown_place(place.country, place.subdivision)):
        key = (sources or Sources()).said("callout_customer.holidays")
        raise BadInput(f"{key} of {customer.id}: {complaint}.", "Write ISO 3166 codes, like country: AT.")
    holiday = partial(holiday_on, place.country, place.subdivision) if place else no_holiday
    return BandCalendar(hours, customer.time_zone, money.multipliers.by_band(), holiday)


def _worked_out(
    material: Material,
    customer: Customer,
    money: Money,
    month: Month,
    calendar: BandCalendar,
    sources: Sources,
    elsewhere: Elsewhere,
) -> _WorkedOut:
    """Everything from the first month that matters until `month`: judged, rounded, and paid in the policy's order."""
    rates = RateBook(customer, money, sources)
    first = first_month(customer.contracts, money, month)
    if first is None:
        days = [day_of(entry, customer.time_zone) for entry in material.entries]
        first = month_of(min([month.first_day, *days]))
    by_entry = money.consumed_by == "entered"
    changes = change_days(() if by_entry else customer.contracts, rates.dated())
    judged = judged_work(material, customer, money, calendar, changes, first.first_day, month.last_day, elsewhere)
    of_month: dict[str, list[Judged]] = {one.name: [] for one in months_between(first, month)}
    for one in judged:
        of_month[month_of(one.day).name].append(one)
    groups = {
        name: groups_of(
            (piece for one in members if one.charge is Charge.YES for piece in one.pieces or ()), money, rates
        )
        for name, members in of_month.items()
    }

    def counts_on(piece: Piece) -> tuple[dt.date, tuple[object, ...]]:
        entry = piece.entry
        at = parse_utc(entry.event.recorded_at) if by_entry else piece.started_at
        day = at.astimezone(ZoneInfo(customer.time_zone)).date() if by_entry else piece.day
        settled = material.settled.get(entry.event.id)
        place = settled.place if settled else UNSETTLED
        return day, (place, at, piece.started_at, entry.event.id, piece.number)

    def judged_yes(entry: Entry) -> bool:
        said = material.overrides.get(entry.event.id)
        return said is not None and said.charge is Charge.YES

    claims = [
        claim
        for name, of_one in groups.items()
        for group in of_one
        for claim in claims_of(group, name, material.deductions, rates, counts_on, judged_yes)
    ]
    # Work over the month's end, or entered after it, may count on a day of a later month.
    until = max([month.last_day, *(claim.counts_on for claim in claims)])
    purse = Purse(customer.contracts, money, rates, get_currency_precision(customer.currency), until)
    shares = [share for claim in sorted(claims, key=lambda one: one.order) for share in purse.pay(claim)]
    return _WorkedOut(purse, of_month[month.name], groups[month.name], shares)


def _lines(work: _WorkedOut, material: Material, month: Month) -> list[BillLine]:
    """The month's lines by start."""
    purse, customer = work.purse, work.purse.rates.customer
    contracts = [one.id for one in customer.contracts]
    explainer = Explainer(
        purse.rates.sources,
        customer.currency,
        customer.time_zone,
        contracts,
        material.deductions,
        purse.rates.money.shared_minutes,
    )
    of_work: dict[str, list[Share]] = {}
    for share in work.shares:
        if share.claim.month == month.name:
            of_work.setdefault(share.claim.piece.entry.event.id, []).append(share)
    for shares in of_work.values():
        # Invoiced work was paid first, whatever its place in the month: its pieces go back into their own order.
        shares.sort(key=lambda one: one.claim.piece.number)
    of_piece = {piece: group for group in work.groups for piece in group.pieces}
    maker = LineMaker(purse.rates, purse.decimals, explainer, of_piece, of_work)
    names = _short_names([one.entry.event.id for one in work.judged])
    lines = [
        (line.started_at, line.entry.event.id, number, line)
        for one in work.judged
        for number, line in enumerate(maker.lines_of(one, names[one.entry.event.id]))
    ]
    return [line for *_, line in sorted(lines, key=lambda one: one[:3])]


def _short_names(identifiers: Sequence[str]) -> dict[str, str]:
    """The first eight characters of each, or all of it where two begin alike."""
    alike = Counter(identifier[:SHORT] for identifier in identifiers)
    return {one: one[:SHORT] if alike[one[:SHORT]] == 1 else one for one in identifiers}
