"""A postal address as the lines of a letter."""

from __future__ import annotations

from babel import Locale

from callout.views.invoice.figures import said
from callout.worklog.invoice.parties import Address

# Where the post code stands behind the town.
TOWN_FIRST = {"US", "CA", "AU", "GB", "IE", "NZ", "IN"}


def address_lines(address: Address, locale: Locale, *, country: bool = True) -> tuple[str, ...]:
    """Street, town and so on; the country, where it is wanted, by its name in the letter's language."""
    parts = [said(address.post_code), said(address.city)]
    if address.country in TOWN_FIRST:
        town = " ".join(filter(None, (said(address.region), said(address.post_code))))
        parts = [", ".join(filter(None, (said(address.city), town)))]
    region = "" if address.country in TOWN_FIRST else said(address.region)
    lines = (said(address.street), said(address.additional), said(address.third_line), " ".join(filter(None, parts)))
    named = str(locale.territories.get(address.country, said(address.country)))
    return tuple(filter(None, (*lines, region, named if country else "")))
