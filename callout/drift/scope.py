"""Pure: what of one system is looked at for drift; the profile's, the customer's and the system's word together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from callout.inventory.drift import Allowance, DriftAdditions, DriftPolicy, Unclear
from callout.inventory.models import System
from callout.inventory.operation import shipped_scope
from callout.ledger.event import canonical

KB = 1024
# Filled by the kernel, in every root file system; nothing in them outlives a restart.
KERNEL_FOLDERS = ("proc", "sys", "dev", "run")
# Which files a package has: kept, for when it is gone nobody else can say what went with it.
PACKAGE_LISTS = "var/lib/dpkg/info/*.list"


@dataclass(frozen=True, slots=True)
class DriftScope:
    """What a look looks at. All patterns are as find's `-path` and fnmatch have them: `*` is anything, also `/`.

    `prunes` are named themselves, never entered. Below `sifted` folders only what may be executed, and devices, are
    listed: they hold data by the million. Of `skipped_globs` regular files are listed and not read: product's
    data whose content means nothing here. `text_globs` are kept as text up to `maximum_text_bytes`, never those of
    `secret_globs`, of which the hash alone is kept. `database` is empty where the product has none; `client` are
    commands, the first one that is there is asked. `nice` and `idle_io` are the budget on the system's side.
    """

    roots: tuple[str, ...]
    prunes: tuple[str, ...]
    skipped_globs: tuple[str, ...]
    text_globs: tuple[str, ...]
    secret_globs: tuple[str, ...]
    maximum_text_bytes: int
    database: str
    client: tuple[str, ...]
    count_tables: tuple[str, ...]
    nice: int = 19
    idle_io: bool = True
    # Root file systems, `/` first, then chroots: each has accounts and packages of its own.
    file_systems: tuple[str, ...] = ("/",)
    sifted: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of what is looked at; looks of different scopes do not tell what is missing."""
        told = [
            self.roots, self.prunes, self.skipped_globs, self.text_globs, self.secret_globs, self.maximum_text_bytes,
            self.database, self.client, self.count_tables, self.file_systems, self.sifted,
        ]  # fmt: skip
        return hashlib.sha256(canonical(told).encode()).hexdigest()


def drift_scope_of(system: System) -> DriftScope:
    """The scope of one system; its database is the operating profile's."""
    profile, database = system.operation.drift, system.operation.database
    policy = drift_policy_of(system)
    added = _additions(system)
    kernel = [f"{root.rstrip('/')}/{name}" for root in ("/", *profile.file_systems) for name in KERNEL_FOLDERS]
    lists = [f"{root.rstrip('/')}/{PACKAGE_LISTS}" for root in ("/", *profile.file_systems)]
    backup = system.operation.backup
    secret = (
        shipped_scope(system.product).secret_files, backup.secret_files, backup.also.secret_files,
        system.customer.backup.also.secret_files, profile.secret_files, *(one.secret_files for one in added),
    )  # fmt: skip
    return DriftScope(
        roots=_once(profile.roots, *(one.roots for one in added)),
        prunes=_once(kernel, profile.prune, *(one.prune for one in added)),
        skipped_globs=_once(profile.skip_content),
        text_globs=_once(profile.texts, *(one.texts for one in added), lists),
        secret_globs=_once(*secret),
        maximum_text_bytes=profile.maximum_text_kb * KB,
        database=database.name if database else "",
        client=database.client if database else (),
        count_tables=_once(profile.count_tables, *(one.count_tables for one in added)),
        nice=policy.nice,
        idle_io=policy.idle_io,
        file_systems=_once(("/",), profile.file_systems),
        sifted=_once(profile.sift, *(one.sift for one in added)),
    )


def drift_policy_of(system: System) -> DriftPolicy:
    """The policy on drift as it is for one system: its own word, else its customer's, else the policy's."""
    policy, customer, own = system.policy.drift, system.customer.drift, system.operation.drift
    gate = own.gate or customer.gate or policy.gate
    return policy.model_copy(
        update={"gate": gate, "max_age_days": own.max_age_days or customer.max_age_days or policy.max_age_days}
    )


def allowances_of(system: System) -> tuple[Allowance, ...]:
    """The catalogue for one system: the product's, the system's, the customer's, the policy's, in this order."""
    added = (one for addition in _additions(system) for one in addition.allowed)
    return (*system.operation.drift.allowed, *added, *system.policy.drift.allowed)


def unclear_of(system: System) -> tuple[Unclear, ...]:
    """What nobody knows of the product, for one system: the product's, the system's and the customer's entries."""
    return (*system.operation.drift.unclear, *(one for addition in _additions(system) for one in addition.unclear))


def _additions(system: System) -> tuple[DriftAdditions, DriftAdditions]:
    return system.operation.drift.also, system.customer.drift.also


def _once(*lists: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for values in lists for one in values))
