"""Plans a patch: believe the bundle, look at the system, decide, append. Looks again right before the change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from callout.findings import Finding
from callout.inventory.models import System
from callout.patches.bundle import Bundle
from callout.patches.compare import plan_differences
from callout.patches.images import Observed
from callout.patches.observe import observe
from callout.patches.obstacles import SystemFacts
from callout.patches.plan import Plan
from callout.patches.plan import make_plan as decide
from callout.patches.shelf import unfinished_runs
from callout.patches.signature import trust_of, trusted_bundle
from callout.policy.bands import BandCalendar
from callout.policy.chargeable import Activity
from callout.policy.charging import Ahead, bands_in_window, charging_clause
from callout.steps.context import Context
from callout.steps.patch_history import patch_history
from callout.steps.record import require_open
from callout.worklog.entry import ROLE
from callout.worklog.payers import payers_ahead
from callout.worklog.rate_book import RateBook

AskVersion = Callable[[System], str | None]


def reported_version(system: System) -> str | None:
    """The product's version by its API; None where it cannot be had."""
    from callout.health.web import product_version

    return product_version(system.target)


def make_plan(
    context: Context, system: System, callout: str, bundle: Path, ask_version: AskVersion = reported_version
) -> Plan:
    """The plan, recorded as `planned` with {plan, hash, verdict}. Changes nothing on the system.

    Raises TrustRefused for the bundle's signature before anything is asked of the system; BadInput for a file
    that is no bundle, or a call-out that is unknown, closed or about another system; Unreachable.
    """
    ticket = require_open(context.ledger, callout, system.name).body["ticket"]
    believed, signers = believe(context, system, bundle)
    plan, _ = look(context, system, ticket, believed, signers, ask_version(system))
    context.record("planned", system, callout, {"plan": plan.as_dict(), "hash": plan.hash, "verdict": plan.verdict})
    return plan


def still_as_planned(
    context: Context,
    system: System,
    plan: dict[str, Any],
    bundle: Path,
    ask_version: AskVersion = reported_version,
) -> list[Finding]:
    """Looks once more, right before the change: one passing finding, or each difference from `plan`.

    `plan` is what `planned` recorded. Raises as `make_plan` does; records nothing.
    """
    believed, signers = believe(context, system, bundle)
    present, _ = look(context, system, plan["ticket"], believed, signers, ask_version(system))
    return plan_differences(plan, present.as_dict())


def believe(context: Context, system: System, bundle: Path) -> tuple[Bundle, list[str]]:
    """The bundle and its signers, by the allowed signers of the inventory. Raises TrustRefused, BadInput."""
    return trusted_bundle(bundle, trust_of(context.places.folder, system.policy.patches), context.now())


def look(
    context: Context, system: System, ticket: str, bundle: Bundle, signers: list[str], version: str | None
) -> tuple[Plan, list[Observed]]:
    """The plan as it is now and what it was made of; records nothing."""
    observed = observe(context.connect(system.target), [one.path for one in bundle.manifest.files])
    facts = SystemFacts(
        customer=system.customer.id,
        system=system.name,
        address=system.target.address or "",
        port=system.target.port,
        product=system.product,
        version=version,
        restart=system.operation.restart,
        charging=_charging(system, ticket, context.now()),
        unfinished=unfinished_runs(context.places.originals),
        history=patch_history(context.ledger, system.name),
        database=system.operation.database.name if system.operation.database else "",
    )
    return decide(bundle, signers, observed, facts, ticket), observed


def _charging(system: System, ticket: str, now: dt.datetime) -> dict[str, Any]:
    """What the customer agrees to: the rate of this day, who would pay, and what an hour is multiplied by."""
    money, customer = system.policy.money, system.customer
    day = now.astimezone(ZoneInfo(customer.time_zone)).date()
    valid = payers_ahead(customer.contracts, money, ROLE, Activity.MAINTENANCE, ticket, day)
    payers = [one for one in valid if one.kind != "time_and_materials"]
    rest = [one for one in valid if one.kind == "time_and_materials"][:1]
    rate = RateBook(customer, money).ahead(ROLE, ticket, day, [*payers[:1], *rest])
    multiplied = money.multipliers.by_band()
    factors = {name: factor for name, factor in multiplied.items() if name in ("weekend", "out_of_hours")}
    window = customer.change_window
    calendar = BandCalendar(system.policy.hours, customer.time_zone, factors)
    ahead = Ahead(
        payers=tuple((one.id, str(one.kind)) for one in payers),
        bands=bands_in_window(window, calendar, day.year) if window else None,
        factors=factors,
        holiday=money.multipliers.holiday if customer.holidays else None,
    )
    return charging_clause(customer.contract, rate, customer.currency, money.increment_minutes, ahead)
