"""Pure: what the vendor's own upgrade put in place: the product has another version than in the baseline."""

from __future__ import annotations

from callout.drift.case import Case
from callout.drift.change import Change
from callout.drift.explanation import Explanation
from callout.drift.globs import matches
from callout.drift.look import DATABASE_SECTIONS, Section
from callout.drift.provenance import Provenance
from callout.drift.traits import gains_rights

# What of a database an upgrade brings along; who may log in to it is another matter.
_SCHEMA = frozenset(DATABASE_SECTIONS) - {Section.GRANTS}
# Who may log in, and as whom, is asked about though an upgrade may bring it: as seen from inside any root file system.
_DOORS = ("/**/.ssh", "/**/.ssh/**", "/etc/ssh/**", "/etc/sudoers", "/etc/sudoers.d/**")


def explain_upgrade(change: Change, case: Case) -> Explanation | None:
    """Why the change is the upgrade's: the version moved, and it is where upgrades put things."""
    evidence = case.evidence
    if evidence.same_version is not False or gains_rights(change):
        return None
    told = f"The product went from {evidence.before.version} to {evidence.after.version} between the looks"
    if change.section is Section.FILES and case.catalogue.is_vendors(change.subject):
        if matches(case.place(change).path, _DOORS):
            return None
        return _upgrade(f"{told}, and upgrades put their files there.")
    if change.section in _SCHEMA:
        return _upgrade(f"{told}, and upgrades bring the database along.")
    return None


def _upgrade(told: str) -> Explanation:
    return Explanation(Provenance.VENDOR_UPGRADE, "version", (told,))
