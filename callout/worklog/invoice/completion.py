"""A draft → the invoice with all its sums, by the arithmetic of EN 16931 (rules BR-CO-10 to BR-CO-17). Pure.

Each line's amount is rounded half up to the currency's decimals, and the tax once for each category and rate, over the
sum of what is taxed: never line by line. What the standard demands and the draft does not have is named all at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from decimal import ROUND_HALF_UP, Decimal, localcontext

from babel.numbers import get_currency_precision

from callout.errors import BadInput
from callout.worklog.invoice.demands import demands
from callout.worklog.invoice.document import (
    Adjustment,
    Draft,
    DraftLine,
    Invoice,
    Line,
    Tax,
    TaxSubtotal,
    Totals,
)  # fmt: skip

# Enough for every product of two numbers that an invoice can hold: nothing is rounded but where it is said.
PRECISION = 200
REMEDY = "Nothing was issued; see callout_policy.invoicing, callout_customer.invoicing and the bill."


def completed(draft: Draft) -> Invoice:
    """The invoice of the draft, its lines in the same order, its taxes by category and then rate.

    Where it has no day of delivery, that is its period's last day, else its lines', else its own date: services are
    delivered when they end, and CII would hold an empty element where nothing is said of it (PEPPOL-EN16931-R008).

    Raises BadInput that names what the standard demands and the draft does not have.
    """
    if missing := demands(draft):
        more = f" (and {len(missing) - 1} more: {'; '.join(missing[1:6])})" if len(missing) > 1 else ""
        raise BadInput(f"Invoice {draft.number[:40]!r} cannot be made: {missing[0]}{more}.", REMEDY)
    with localcontext() as context:
        context.prec = PRECISION
        return _summed(draft)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount half up with the decimals of the currency (ISO 4217): none for JPY, two for EUR."""
    unit = Decimal(1).scaleb(-int(get_currency_precision(currency)))
    with localcontext() as context:
        context.prec = PRECISION
        return amount.quantize(unit, ROUND_HALF_UP) + 0 * unit  # no negative zero


def line_amount(line: DraftLine, currency: str) -> Decimal:
    """What the line comes to without tax (BT-131)."""
    with localcontext() as context:
        context.prec = PRECISION
        worth = rounded(line.quantity * line.price / line.price_quantity, currency)
        return rounded(worth + signed(line.adjustments), currency)


def signed(adjustments: Iterable[Adjustment]) -> Decimal:
    """Charges less allowances."""
    return sum((one.amount if one.charge else -one.amount for one in adjustments), Decimal(0))


def _summed(draft: Draft) -> Invoice:
    lines = tuple(
        Line(**{field.name: getattr(one, field.name) for field in fields(DraftLine)},
             net_amount=line_amount(one, draft.currency))
        for one in draft.lines
    )  # fmt: skip
    zero = rounded(Decimal(0), draft.currency)
    of_lines = sum((line.net_amount for line in lines), zero)
    allowances = sum((one.amount for one in draft.adjustments if not one.charge), zero)
    charges = sum((one.amount for one in draft.adjustments if one.charge), zero)
    net = of_lines - allowances + charges
    taxes = _taxes(lines, draft.adjustments, draft.currency)
    tax = sum((one.amount for one in taxes), zero)
    paid, rounding = rounded(draft.paid, draft.currency), rounded(draft.rounding, draft.currency)
    totals = Totals(
        lines=of_lines,
        allowances=allowances,
        charges=charges,
        net=net,
        tax=tax,
        gross=net + tax,
        paid=paid,
        rounding=rounding,
        due=net + tax - paid + rounding,
    )
    own = {field.name: getattr(draft, field.name) for field in fields(Draft)}
    ends = [line.period.last for line in draft.lines if line.period is not None]
    ended = draft.period.last if draft.period else max(ends, default=draft.issue_date)
    delivered = draft.delivery_date or ended
    return Invoice(**{**own, "delivery_date": delivered, "lines": lines, "taxes": taxes, "totals": totals})


def _taxes(lines: Sequence[Line], adjustments: Sequence[Adjustment], currency: str) -> tuple[TaxSubtotal, ...]:
    """One for each category and rate, by category and then rate."""
    amounts = [(line.tax, line.net_amount) for line in lines]
    amounts += [(one.tax, signed([one])) for one in adjustments if one.tax is not None]
    groups: dict[tuple[str, Decimal], list[tuple[Tax, Decimal]]] = {}
    for tax, amount in amounts:
        groups.setdefault((tax.category, tax.rate or Decimal(0)), []).append((tax, amount))
    subtotals = []
    for (_, rate), members in sorted(groups.items()):
        taxable = rounded(sum((amount for _, amount in members), Decimal(0)), currency)
        subtotals.append(
            TaxSubtotal(
                tax=_together([tax for tax, _ in members]),
                taxable=taxable,
                amount=rounded(taxable * rate / 100, currency),
            )
        )
    return tuple(subtotals)


def _together(taxes: Sequence[Tax]) -> Tax:
    """One tax for a group: all its reasons, and the code where there is but one."""
    reasons = dict.fromkeys(tax.reason for tax in taxes if tax.reason)
    codes = {tax.reason_code for tax in taxes}
    return Tax(
        category=taxes[0].category,
        rate=taxes[0].rate,
        reason=" · ".join(reasons),
        reason_code=codes.pop() if len(codes) == 1 else "",
    )
