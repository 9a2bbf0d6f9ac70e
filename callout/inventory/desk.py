"""`callout_policy.desk`: what is promised to whoever asks for help, who is told of it, and where mail comes and goes.

The defaults are the published procedure: a first reply within one business day, a patch for a critical bug within 24
hours by the wall clock. It promises no plan, no solution and no next word within any time: such goals are the house's
own, and there are none until they are written here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from access_check.validation import Strict
from callout.policy.desk_words import Priority, Runs

_WITHIN = re.compile(r"([1-9][0-9]{0,4}) (business day|hour|minute)s?")
_LONGEST_MINUTES = 366 * 24 * 60
MailAddress = Annotated[str, Field(max_length=254, pattern=r"^[^@\s<>,;:\"\\]+@[^@\s<>,;:\"\\]+$")]
HttpsLink = Annotated[str, Field(max_length=500, pattern=r"^https://[^\s<>\"']+$")]
Port = Annotated[int, Field(gt=0, le=65_535)]


GoalName = Literal["first_reply", "next_update", "plan", "resolution"]


def _readable(within: str) -> str:
    match = _WITHIN.fullmatch(within)
    if match is None:
        raise ValueError('is a time like "1 business day", "24 hours" or "45 minutes"')
    minutes = int(match[1]) * {"business day": 24 * 60, "hour": 60, "minute": 1}[match[2]]
    if minutes > _LONGEST_MINUTES:
        raise ValueError("is longer than a year")
    return within


class ClockRule(Strict):
    """Within which time, and when that time passes.

    `within` is so many minutes, hours or business days. `runs` left out is the vendor's hours, and for an emergency
    always. Business days are counted in the vendor's hours, so that they cannot run always.
    """

    within: Annotated[str, AfterValidator(_readable)]
    runs: Runs | None = None

    @model_validator(mode="after")
    def _days_are_in_hours(self) -> ClockRule:
        if self.unit == "business day" and self.runs is Runs.ALWAYS:
            raise ValueError("business days do not run always: write hours")
        return self

    @property
    def count(self) -> int:
        """How many of the unit."""
        return int(self.within.split()[0])

    @property
    def unit(self) -> Literal["business day", "hour", "minute"]:
        """In the singular."""
        if "business" in self.within:
            return "business day"
        return "hour" if "hour" in self.within else "minute"


Goals = Mapping[Priority, Mapping[GoalName, ClockRule]]


class PublishedHours(Strict):
    """Hours as some page states them, with a fixed distance from UTC: `callout calendar lint` holds them against ours.

    `offset` is that of the times, `+00:00` for GMT. `season` says when the page means it: in `winter`, in `summer`
    (of the zone in which the desk opens), or all `year`.
    """

    opens: Annotated[str, Field(pattern=r"^[0-2][0-9]:[0-5][0-9]$")]
    closes: Annotated[str, Field(pattern=r"^[0-2][0-9]:[0-5][0-9]$")]
    offset: Annotated[str, Field(pattern=r"^[+-](0[0-9]|1[0-4]):[0-5][0-9]$")] = "+00:00"
    season: Literal["winter", "summer", "year"] = "year"
    source: Annotated[str, Field(min_length=1, max_length=300)] = "the published procedure"


class People(Strict):
    """Who is in copy: the support manager from level 1 on, the account manager from level 2, the last one at level 3.

    A customer's own account manager (`callout_customer.desk.account_manager`) stands in place of this one.
    """

    support: MailAddress | None = None
    support_manager: MailAddress | None = None
    account_manager: MailAddress | None = None
    last: MailAddress | None = None


class Smtp(Strict):
    """How letters are sent. Without it they are written to files and sent by hand.

    `security`: `starttls` (port 587), `tls` (465) or `none`, which only a loopback address may have together with a
    password. `ca_file` is relative to the inventory's folder; left out: the machine's own authorities.
    """

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Port | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: SecretStr | None = None
    ca_file: str | None = None
    timeout_s: Annotated[int, Field(gt=0, le=300)] = 30


class Imap(Strict):
    """A mailbox on a server. A mail that was taken is marked as read, or moved to the folder `move_to`."""

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Port | None = None
    security: Literal["tls", "starttls", "none"] = "tls"
    user: Annotated[str, Field(min_length=1)]
    password: SecretStr
    folder: Annotated[str, Field(min_length=1, max_length=200)] = "INBOX"
    move_to: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    ca_file: str | None = None
    timeout_s: Annotated[int, Field(gt=0, le=300)] = 30


class Mailbox(Strict):
    """Where tickets come in: exactly one of the three. Folders and files are relative to the inventory's folder."""

    maildir: str | None = None
    mbox: str | None = None
    imap: Imap | None = None

    @model_validator(mode="after")
    def _one(self) -> Mailbox:
        if sum(one is not None for one in (self.maildir, self.mbox, self.imap)) != 1:
            raise ValueError("is exactly one of maildir, mbox and imap")
        return self


class Mail(Strict):
    """How much of a mail is taken. What is over a bound is kept whole on the shelf, and said to be over it."""

    mailbox: Mailbox | None = None
    maximum_mb: Annotated[int, Field(gt=0, le=1000)] = 50
    attachments: Annotated[int, Field(ge=0, le=1000)] = 50
    attachment_mb: Annotated[int, Field(gt=0, le=1000)] = 25
    per_sender_and_hour: Annotated[int, Field(gt=0, le=10_000)] = 30


class Bridge(Strict):
    """Another ticket system, read and told by its REST API. `states` maps our states and outcomes to its own words."""

    url: Annotated[str, Field(max_length=500, pattern=r"^https?://[^\s<>\"'@]+$")]
    token: SecretStr
    queue: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    states: Mapping[str, str] = Field(default_factory=dict)
    ca_file: str | None = None
    timeout_s: Annotated[int, Field(gt=0, le=300)] = 30


class Bridges(Strict):
    """Off until they are written here."""

    rt: Bridge | None = None
    zammad: Bridge | None = None


class Desk(Strict):
    """The support desk. What is left out is the published procedure.

    `first_reply`: the later rule of the same page is `{within: 24 hours, runs: business_days}`. `acknowledgements`
    by level of escalation; a level without one has the first reply's. `goals` are by priority, then by clock, and
    stand in place of `first_reply`; a customer's (`callout_customer.desk.goals`) stand in place of both.
    `documentation` is where instructions are published, `faq` where frequent questions are.
    """

    address: MailAddress | None = None
    domain: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,253}$")] | None = None
    first_reply: ClockRule = ClockRule(within="1 business day")
    critical_patch: ClockRule = ClockRule(within="24 hours", runs=Runs.ALWAYS)
    acknowledgements: Mapping[Annotated[int, Field(ge=1, le=3)], ClockRule] = Field(default_factory=dict)
    goals: Goals = Field(default_factory=dict)
    pause_on_customers_turn: bool = True
    warn_at_percent: tuple[Annotated[int, Field(gt=0, lt=100)], ...] = (50, 75, 90)
    emergency_failing_percent: Annotated[int, Field(gt=0, le=100)] = 50
    published_hours: tuple[PublishedHours, ...] = (
        PublishedHours(opens="08:00", closes="22:00", season="winter"),
        PublishedHours(opens="07:00", closes="21:00", season="summer"),
    )
    documentation: HttpsLink | None = None
    faq: HttpsLink | None = None
    people: People = People()
    mail: Mail = Mail()
    smtp: Smtp | None = None
    bridges: Bridges = Bridges()


class Caller(Strict):
    """Somebody who may call in an emergency."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    telephone: Annotated[str, Field(pattern=r"^\+[0-9][0-9 ()/-]{4,30}$")] | None = None


class CustomerDesk(Strict):
    """What is different for one customer. `pin` (vaulted) is asked of whoever calls in an emergency."""

    goals: Goals = Field(default_factory=dict)
    pin: SecretStr | None = None
    callers: tuple[Caller, ...] = ()
    account_manager: MailAddress | None = None
