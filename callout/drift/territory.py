"""Pure: whose ground a change is on: where a person's hand is no support case, and where nobody can tell."""

from __future__ import annotations

from enum import StrEnum

from callout.drift.case import Case
from callout.drift.change import Change, What
from callout.drift.globs import matches
from callout.drift.look import DATABASE_SECTIONS, Section

# The base system, as seen from inside any root file system. Published procedure: it is not changed but as documented.
BASE = (
    "/bin", "/sbin", "/lib*", "/usr", "/etc", "/boot", "/opt", "/bin/**", "/sbin/**", "/lib*/**", "/usr/**",
    "/etc/**", "/boot/**", "/initrd*", "/vmlinuz*", "/init", "/root/.ssh/**", "/root/.ssh", "/root/.profile",
    "/root/.bashrc", "/root/.bash_profile", "/root/.bash_login", "/root/.bash_logout", "/home/*/.ssh/**",
    "/var/spool/cron/**", "/var/spool/at/**", "/var/spool/cron/atjobs/**", "/opt/*",
)  # fmt: skip
_FACTS = frozenset(Section) - {Section.FILES, Section.PORTS, Section.COUNTS, Section.PACKAGES, Section.MOUNTS}


class Ground(StrEnum):
    """Whose ground it is. Only on the first three can a change be called unsupported."""

    BASE = "the base operating system"
    PRODUCT = "the product itself"
    DATABASE = "the database"
    NOBODYS = "neither the base system, nor the product, nor the database"


def ground_of(change: Change, case: Case) -> Ground:
    """Where the change is."""
    if change.section in DATABASE_SECTIONS:
        return Ground.NOBODYS if change.section is Section.COUNTS else Ground.DATABASE
    if change.section is Section.FILES:
        return _of_path(change.subject, case)
    if change.section is Section.MOUNTS and change.what is What.ADDED:
        # What is mounted over a folder hides what is in it.
        return _of_path(change.subject, case)
    return Ground.BASE if change.section in _FACTS else Ground.NOBODYS


def _of_path(path: str, case: Case) -> Ground:
    if case.catalogue.is_vendors(path):
        return Ground.PRODUCT
    return Ground.BASE if matches(case.catalogue.roots.place(path).path, BASE) else Ground.NOBODYS
