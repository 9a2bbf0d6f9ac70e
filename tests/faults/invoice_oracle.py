"""What an invoice comes to, by fractions and without any code of ours: EN 16931, BR-CO-10 to BR-CO-17, read anew."""

from __future__ import annotations

from fractions import Fraction
from typing import Any


def sums(stored: dict[str, Any], decimals: int) -> dict[str, Any]:
    """Lines, taxes and totals of a stored document, as whole numbers of the currency's smallest part."""
    parts = 10**decimals

    def smallest(amount: Fraction) -> int:
        """Half away from zero, which is half up for amounts."""
        scaled = abs(amount) * parts
        whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
        return whole if amount >= 0 else -whole

    def of(text: str) -> Fraction:
        return Fraction(text)

    lines = []
    for line in stored["lines"]:
        worth = smallest(of(line["quantity"]) * of(line["price"]) / of(line["price_quantity"]))
        for one in line["adjustments"]:
            worth += smallest(of(one["amount"])) * (1 if one["charge"] else -1)
        lines.append(worth)
    charges = sum(smallest(of(one["amount"])) for one in stored["adjustments"] if one["charge"])
    allowances = sum(smallest(of(one["amount"])) for one in stored["adjustments"] if not one["charge"])
    taxable: dict[tuple[str, Fraction], int] = {}
    for line, worth in zip(stored["lines"], lines, strict=True):
        key = (line["tax"]["category"], of(line["tax"]["rate"] or "0"))
        taxable[key] = taxable.get(key, 0) + worth
    for one in stored["adjustments"]:
        key = (one["tax"]["category"], of(one["tax"]["rate"] or "0"))
        taxable[key] = taxable.get(key, 0) + smallest(of(one["amount"])) * (1 if one["charge"] else -1)
    taxes = {key: smallest(Fraction(amount, parts) * key[1] / 100) for key, amount in taxable.items()}
    net = sum(lines) - allowances + charges
    gross = net + sum(taxes.values())
    return {
        "lines": lines,
        "taxable": taxable,
        "taxes": taxes,
        "totals": {
            "lines": sum(lines),
            "allowances": allowances,
            "charges": charges,
            "net": net,
            "tax": sum(taxes.values()),
            "gross": gross,
            "paid": smallest(of(stored["paid"])),
            "rounding": smallest(of(stored["rounding"])),
            "due": gross - smallest(of(stored["paid"])) + smallest(of(stored["rounding"])),
        },
    }
