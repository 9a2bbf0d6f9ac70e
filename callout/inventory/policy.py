"""`callout_policy`: the vendor's rules. The defaults are the published procedure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from access_check.validation import Strict
from callout.inventory.desk import Desk
from callout.inventory.drift import DriftPolicy
from callout.inventory.hours import Hours
from callout.inventory.invoicing import Invoicing
from callout.inventory.rates import Amount, Rates
from callout.policy.bands import NAMES

Minutes = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=0, le=10_000)]


class Consent(Strict):
    """How long a customer's yes to a plan is good for."""

    valid_days: Annotated[int, Field(gt=0)] = 30


class Gate(Strict):
    """How old the evidence may be that the gate accepts, and how long a change waits for calls to end.

    `backup_level` is how far the backup must be verified: `sample`, or `data` for every byte.
    """

    access_max_age_minutes: Minutes = 60
    backup_max_age_minutes: Minutes = 240
    backup_level: Literal["structure", "sample", "data"] = "sample"
    wait_for_calls_minutes: Minutes = 10


class WorkRounding(Strict):
    """How the minutes of one kind of work become billed minutes; what is left out is as for all other work."""

    increment_minutes: Annotated[int, Field(gt=0, le=1440)] | None = None
    minimum_minutes: Annotated[int, Field(ge=0, le=1440)] | None = None


class Multipliers(Strict):
    """What an hour's price is multiplied by. Where several apply the highest does; they are never multiplied together.

    `out_of_hours` and `weekend` are those of `callout_policy.hours`, `holiday` is one of `callout_customer.holidays`
    (by the customer's date, also inside the hours), `emergency` is work in a call-out that was opened as one, or
    that had a man-made emergency as its cause.
    """

    out_of_hours: Amount | None = None
    weekend: Amount | None = None
    holiday: Amount | None = None
    emergency: Amount | None = None

    def by_band(self) -> dict[str, Decimal]:
        """Those that are set, by the band's name; of equal ones the first names the band."""
        found = {name: getattr(self, name) for name in NAMES}
        return {name: factor for name, factor in found.items() if factor is not None}


PayerKind = Literal["included_hours", "fixed_price", "per_callout", "retainer", "hours_block", "money_block"]
WorkKind = Literal["support", "maintenance", "development", "travel"]


class Money(Strict):
    """Rates per hour, how minutes become billed minutes, and which contract pays first.

    There is no default rate: the published procedure names none, and a made-up price would be billed. `rates` are by
    role, `standard_rate` is for roles without one; each is an amount, or a list of amounts valid for a time, so that
    a new price never touches the past. `rounding`: each entry, each ticket's work or the month's sum is rounded up;
    `work` holds what is different for a kind of work. `payers` is the order in which contracts pay, by kind; of one
    kind the one that ends first pays first. `consumed_by`: a contract's hours are used in the order of the days on
    which was worked, or on which the work was entered. `bucket_hours`: an hour at a multiple takes one hour of a
    contract's hours (`as_worked`) or so many more (`multiplied`). `maintenance_covers` are the kinds of work that a
    maintenance contract covers. Work of a session that was idle for `idle_asks_minutes` waits for a person.
    `shared_minutes`: a minute in which one person worked for several customers is shared out equally among the pieces
    of work that went on in it (`split`), or is billed with the one that began first (`first`); never with both.
    """

    rates: Mapping[str, Rates] = Field(default_factory=dict)
    standard_rate: Rates | None = None
    increment_minutes: Annotated[int, Field(gt=0)] = 15
    minimum_minutes: Minutes = 0
    rounding: Literal["each", "ticket", "sum"] = "each"
    work: Mapping[WorkKind, WorkRounding] = Field(default_factory=dict)
    multipliers: Multipliers = Multipliers()
    payers: tuple[PayerKind, ...] = (
        "included_hours",
        "fixed_price",
        "per_callout",
        "retainer",
        "hours_block",
        "money_block",
    )
    consumed_by: Literal["worked", "entered"] = "worked"
    bucket_hours: Literal["as_worked", "multiplied"] = "as_worked"
    warn_at_percent: tuple[Annotated[int, Field(gt=0, lt=100)], ...] = (80, 95)
    maintenance_covers: tuple[WorkKind, ...] = ("support", "maintenance", "travel")
    idle_asks_minutes: Annotated[int, Field(gt=0)] = 60
    shared_minutes: Literal["split", "first"] = "split"


class Quotes(Strict):
    """How many days a quote is good for, and how many similar past jobs it takes to quote from them."""

    valid_days: Annotated[int, Field(gt=0, le=3650)] = 30
    similar_needed: Annotated[int, Field(ge=2, le=1000)] = 5


class Retention(Strict):
    """How many verified backups of a system `callout backup prune` keeps: the last ones, and of each day, week, month
    and year (in the customer's time zone) the last one, for so many that have one.

    Whatever the numbers, the newest verified one, pinned ones and those that a rollback may need are kept. The
    backup before a change stays until the customer accepts the work, or `pin_days` after its call-out was closed.
    """

    keep_last: Count = 3
    daily: Count = 7
    weekly: Count = 5
    monthly: Count = 12
    yearly: Count = 0
    pin_days: Count = 30


class Backups(Strict):
    """Where backups go, and how long they stay. `root` is a folder or an `ssh://` address; default: the data folder.

    Every `full_every`th backup of a system reads everything, the others only what was changed; 1: all of them.
    `drill_max_age_days`: the gate refuses a change where the system's last restore drill is older, or did not prove
    the backup; not asked for without it. `drill_before_change`: `maintain` drills its fresh backup before the change.
    `bandwidth_kbit_s` (1000 bits per second) is how fast a system is read at most; 0 is no limit. A customer's
    (`callout_customer.backup`) and a system's own (`callout_system.operation.backup`) stand in its place.
    `restore_host_keys`: a reinstalled system gets its old SSH host keys back (`restore`), so that nobody's known_hosts
    turns wrong, or keeps the new ones (`keep`).
    """

    root: str | None = None
    passphrase: SecretStr | None = None
    sample_files: Annotated[int, Field(gt=0)] = 12
    bandwidth_kbit_s: Annotated[int, Field(ge=0, le=100_000_000)] = 0
    full_every: Annotated[int, Field(gt=0)] = 7
    restore_host_keys: Literal["restore", "keep"] = "restore"
    retention: Retention = Retention()
    drill_max_age_days: Annotated[int, Field(gt=0, le=10_000)] | None = None
    drill_before_change: bool = False


class Patches(Strict):
    """Whose bundles are believed. Files are relative to the inventory's folder.

    `allowed_signers` is in ssh-keygen's format. `revoked_keys` holds keys that count no more: public keys, one per
    line, or a revocation list (KRL); left out, it is `revoked_keys` beside `allowed_signers` where that exists; one
    that is named must be there. `signatures_needed` is how many *different people* must have signed; two keys of
    one person count once.
    """

    allowed_signers: str = "allowed_signers"
    revoked_keys: str | None = None
    signatures_needed: Annotated[int, Field(ge=1, le=16)] = 1


class Sessions(Strict):
    """How `callout ssh` keeps a session. Without `record` nothing is kept of what was said, only the time.

    More than `idle_minutes` without a key typed is told as idle: flagged, never left out of the time by itself. A
    recording ends at `maximum_mb` (1,000,000 bytes each), the session does not. `callout recordings prune` removes
    those that are older than `keep_days` and whose work is on an invoice; without it they are kept for ever.
    """

    record: bool = True
    keep_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    idle_minutes: Annotated[int, Field(gt=0, le=24 * 60)] = 10
    maximum_mb: Annotated[int, Field(gt=0, le=10_000)] = 50


class Policy(Strict):
    """All of the vendor's rules. Every part may be left out; what is left out is the published procedure."""

    vendor: str = "the vendor"
    hours: Hours = Hours()
    consent: Consent = Consent()
    gate: Gate = Gate()
    money: Money = Money()
    quotes: Quotes = Quotes()
    backups: Backups = Backups()
    patches: Patches = Patches()
    drift: DriftPolicy = DriftPolicy()
    invoicing: Invoicing | None = None
    sessions: Sessions = Sessions()
    desk: Desk = Desk()
