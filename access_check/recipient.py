"""Who a page for the customer is written to: their name, language and time zone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator

from access_check.inventory_source import RawSystem
from access_check.validation import Strict, validated


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone (write it like Europe/Vienna)") from None
    return name


class Recipient(Strict):
    """What of `callout_customer` a letter needs; an inventory without customers is written to in English and UTC."""

    name: str = ""
    language: str = "en"
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"


def recipient_from_variables(raw: RawSystem) -> Recipient:
    """The Recipient of one inventory host. Raises InventoryError with file and key for a value of the wrong kind."""
    values = raw.variables.get("callout_customer") or {}
    if isinstance(values, Mapping):
        values = {key: values[key] for key in Recipient.model_fields if key in values}
    return validated(
        Recipient,
        values,
        key="callout_customer",
        owner=raw.name,
        origins=raw.origins,
        expected_file=f"group_vars/{raw.groups[0] if raw.groups else 'CUSTOMER'}.yml",
    )
