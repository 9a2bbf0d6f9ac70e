"""Pure: which systems have a bundle, had it, or need it, and why; one row per system, nothing unknown read as fine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from callout.patches.announced import Announced
from callout.patches.standing import Holding, Occasion, Standing
from callout.patches.versions import within


@dataclass(frozen=True, slots=True)
class SystemSeen:
    """A system of the inventory. `version` is the product's as the ledger saw it last (`version_at`, UTC as stored),
    None where it never did. `contract` is empty for a system that is in the ledger only: nobody can say what it needs.
    """

    name: str
    customer: str
    customer_name: str
    contract: str
    emergency_phone: bool
    time_zone: str
    product: str
    version: str | None
    version_at: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One system and one bundle. `meant` says whether the bundle is for it, None where that is not known, and `why`.

    `superseded_by` is a bundle that lies there in its stead. `since` is the occasion from which
    it stands as it does, None where there was none; `note` is what was said last.
    """

    system: SystemSeen
    bundle: str
    standing: Standing
    meant: bool | None
    why: str
    since: Occasion | None
    note: str = ""
    looked_at: str = ""
    superseded_by: str = ""

    @property
    def has_it(self) -> bool:
        """Whether it, or what supersedes it, lies there."""
        return self.standing is Standing.IN or bool(self.superseded_by)

    @property
    def exposed(self) -> bool | None:
        """Whether the system lacks what it should have; None where that is not known."""
        if self.has_it or self.meant is False:
            return False
        return None if self.meant is None or self.standing is Standing.UNSURE else True

    @property
    def word(self) -> str:
        """What a table says of it."""
        if self.superseded_by:
            return f"superseded by {self.superseded_by}"
        if self.standing is not Standing.NEVER:
            return str(self.standing)
        return {True: "needs it", False: "not for it", None: "not known"}[self.meant]


def rows_for(
    bundle: str, systems: Sequence[SystemSeen], holdings: Sequence[Holding], announced: Mapping[str, Announced]
) -> list[Row]:
    """One row per system that is in the inventory or ever held the bundle, in the order given, then by name."""
    held = {one.system: one for one in holdings if one.bundle == bundle}
    successors = _successors(bundle, announced)
    standing_in = {(one.system, one.bundle) for one in holdings if one.standing is Standing.IN}
    rows = []
    for system in [*systems, *_strangers(systems, held)]:
        mine = held.get(system.name)
        meant, why = _meant(announced.get(bundle), system)
        instead = next((one for one in successors if (system.name, one) in standing_in), "")
        standing = mine.standing if mine else Standing.NEVER
        since, note, looked_at = (mine.since, mine.last.note, mine.looked_at) if mine else (None, "", "")
        by = "" if standing is Standing.IN else instead
        rows.append(Row(system, bundle, standing, meant, why, since, note, looked_at, by))
    return rows


def _successors(bundle: str, announced: Mapping[str, Announced]) -> list[str]:
    """All bundles that supersede it, also by way of others; each once, so that a circle of them ends."""
    found: list[str] = []
    wanted = [bundle]
    while wanted:
        named = wanted.pop()
        more = [one.bundle for one in announced.values() if named in one.supersedes and one.bundle not in found]
        found += [one for one in more if one != bundle]
        wanted += [one for one in more if one != bundle]
    return found


def _strangers(systems: Sequence[SystemSeen], held: Mapping[str, Holding]) -> list[SystemSeen]:
    known = {one.name for one in systems}
    return [
        SystemSeen(one.system, one.customer, one.customer, "", False, "UTC", "", None)
        for one in held.values()
        if one.system not in known
    ]


def _meant(announced: Announced | None, system: SystemSeen) -> tuple[bool | None, str]:
    """Whether the bundle is for this system: product, customer binding, version."""
    if not system.contract:
        return None, "It is not in the inventory any more."
    if announced is None:
        return None, "What the bundle is for is not known here: announce it, or give its file."
    if system.product not in announced.products:
        return False, f"It is for {', '.join(announced.products)}."
    if announced.customers and system.customer not in announced.customers:
        return False, f"It is for {', '.join(announced.customers)} only."
    if announced.versions is None:
        return True, "Every version of the product needs it."
    low, high = announced.versions
    wanted = f"{low or 'any'} to {high or 'any'}"
    if system.version is None:
        return None, f"It is for {wanted}; the system's version is not known."
    try:
        fits = within(system.version, low, high)
    except ValueError:
        return None, f"It is for {wanted}; the system's version is not understood."
    return fits, f"It is for {wanted}; the system has {system.version}."
