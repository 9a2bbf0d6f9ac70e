"""One line of an invoice as finished words: what was done, how much of it, at which price, and why."""

from __future__ import annotations

from dataclasses import dataclass

from callout.views.invoice.figures import Figures, paragraphs, said
from callout.worklog.invoice.document import Line, Period, TaxCategory, Unit

MINUTES_OF_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class Row:
    """The words of one line. `position` counts from 1; `instead` is what it would have cost where it was covered;
    `changes` are name and amount."""

    position: str
    heading: str
    details: tuple[str, ...]
    texts: tuple[str, ...]
    why: tuple[str, ...]
    quantity: str
    price: str
    instead: str
    tax: str
    amount: str
    covered: bool
    changes: tuple[tuple[str, str], ...]


def row_of(line: Line, position: int, figures: Figures, period: Period | None) -> Row:
    """The line's words. Its own period is told where it is not the whole invoice's `period`, its id where it is not
    the `position`, by which people call it."""
    labels = figures.labels
    when = figures.period(line.period.first, line.period.last) if line.period and line.period != period else ""
    ticket = f"{labels['ticket']} {said(line.ticket)}" if line.ticket.strip() else ""
    order = labels["order line"].format(line=said(line.order_line)) if line.order_line.strip() else ""
    attributes = [f"{said(name)} {said(value)}" for name, value in line.attributes if name.strip() and value.strip()]
    known_as = "" if line.id == str(position) else f"#{said(line.id)}"
    cheaper = line.gross_price is not None and line.gross_price > line.price
    covered = cheaper and line.price == 0
    return Row(
        position=str(position),
        heading=said(line.name),
        details=tuple(filter(None, (when, ticket, *attributes, order, known_as))),
        texts=paragraphs(line.description),
        why=paragraphs(line.note),
        quantity=labels[line.unit].format(quantity=figures.quantity(line.quantity)),
        price=labels["covered"] if covered else _price(line, figures.money(line.price), figures),
        instead=_instead(line, figures) if cheaper else "",
        tax=_tax(line, figures),
        amount=figures.amount(line.net_amount),
        covered=covered,
        changes=tuple(
            (
                f"{labels['charge' if one.charge else 'allowance']} {said(one.reason)}",
                figures.amount(one.amount if one.charge else -one.amount),
            )
            for one in line.adjustments
        ),
    )


def _price(line: Line, price: str, figures: Figures) -> str:
    labels = figures.labels
    if line.unit is Unit.MINUTE and line.price_quantity == MINUTES_OF_AN_HOUR:
        return labels["per HUR"].format(price=price)
    if line.price_quantity == 1:
        return labels[f"per {line.unit}"].format(price=price)
    many = labels[line.unit].format(quantity=figures.quantity(line.price_quantity))
    return labels["per many"].format(price=price, quantity=many)


def _instead(line: Line, figures: Figures) -> str:
    gross = figures.money(line.gross_price) if line.gross_price is not None else ""
    return figures.labels["instead of"].format(price=_price(line, gross, figures))


def _tax(line: Line, figures: Figures) -> str:
    if line.tax.category is TaxCategory.STANDARD and line.tax.rate is not None:
        return figures.percent(line.tax.rate)
    return str(line.tax.category)
