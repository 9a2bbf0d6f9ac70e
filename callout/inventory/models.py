"""Customers and systems, as the inventory tells them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from access_check.targets import Target
from access_check.validation import Strict
from callout.inventory.contracts import PayingContract
from callout.inventory.desk import CustomerDesk
from callout.inventory.drift import CustomerDrift
from callout.inventory.hours import ClockTime, ZoneName
from callout.inventory.invoicing import CustomerInvoicing
from callout.inventory.operation import CustomerBackup, OperatingProfile
from callout.inventory.policy import Policy
from callout.inventory.rates import Rates

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


class Holidays(Strict):
    """Whose public holidays count at this customer: ISO 3166 codes, like `country: AT, subdivision: "9"`.

    Whether there are any of that place is said by `callout inventory lint`, and by the bill: who knows them is heavy.
    """

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    subdivision: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,3}$")] | None = None


class Customer(Strict):
    """`callout_customer`: who they are and what they have bought. `id` is the inventory group.

    `contract` is what they are entitled to; `contracts` are those that pay for work. `rates` are per hour by role and
    stand in place of the policy's, `ticket_rates` those of one ticket (by its name, then by role) in place of both.
    """

    id: str
    name: str
    contract: Literal["support", "maintenance"]
    emergency_phone: bool = False
    registered_addresses: tuple[MailAddress, ...] = Field(min_length=1)
    time_zone: ZoneName
    language: str = "en"
    currency: Currency
    rates: Mapping[str, Rates] = Field(default_factory=dict)
    ticket_rates: Mapping[str, Mapping[str, Rates]] = Field(default_factory=dict)
    contracts: tuple[PayingContract, ...] = ()
    holidays: Holidays | None = None
    change_window: ChangeWindow | None = None
    blackouts: tuple[Blackout, ...] = ()
    backup: CustomerBackup = CustomerBackup()
    drift: CustomerDrift = CustomerDrift()
    invoicing: CustomerInvoicing | None = None
    desk: CustomerDesk = CustomerDesk()

    @model_validator(mode="after")
    def _contracts_have_names_of_their_own(self) -> Customer:
        names = [contract.id for contract in self.contracts]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two contracts are called {twice[0]}")
        return self


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
