"""Customers and systems, as the inventory tells them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from access_check.targets import Target
from access_check.validation import Strict
from callout.inventory.invoicing import CustomerInvoicing
from callout.inventory.operation import CustomerBackup, OperatingProfile
from callout.inventory.policy import ClockTime, Policy, ZoneName

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
MailAddress = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]


class ChangeWindow(Strict):
    """When the customer lets us change things, in the customer's own time zone.

    `closes` before or equal to `opens` means the next day. Empty `days` means every day.
    """

    days: tuple[Weekday, ...] = ()
    opens: ClockTime
    closes: ClockTime


class Blackout(Strict):
    """Days on which nothing is changed, both ends included, in the customer's time zone."""

    first: dt.date
    last: dt.date
    reason: str

    @model_validator(mode="after")
    def _in_order(self) -> Blackout:
        if self.last < self.first:
            raise ValueError("last is before first")
        return self


class Customer(Strict):
    """`callout_customer`: who they are and what they have bought. `id` is the inventory group."""

    id: str
    name: str
    contract: Literal["support", "maintenance"]
    emergency_phone: bool = False
    registered_addresses: tuple[MailAddress, ...] = Field(min_length=1)
    time_zone: ZoneName
    language: str = "en"
    currency: Currency
    rates: Mapping[str, str] = Field(default_factory=dict)
    change_window: ChangeWindow | None = None
    blackouts: tuple[Blackout, ...] = ()
    backup: CustomerBackup = CustomerBackup()
    invoicing: CustomerInvoicing | None = None


class System(Strict):
    """One inventory host with all that callout knows of it. `origins` maps dotted keys to `file:line`."""

    name: str
    customer: Customer
    target: Target
    operation: OperatingProfile
    policy: Policy
    origins: Mapping[str, str] = Field(repr=False)

    @property
    def product(self) -> str:
        """`pbxware` or `serverware`."""
        return self.target.product
