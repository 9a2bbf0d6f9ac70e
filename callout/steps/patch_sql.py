"""The SQL of a bundle, for one system: its product's database, and the client that is on it."""

from __future__ import annotations

from callout.errors import Refused
from callout.findings import Finding, Move, Status
from callout.inventory.models import System
from callout.patches.bundle import Bundle
from callout.patches.change import SqlChange
from callout.steps.context import Context


def sql_change(context: Context, system: System, bundle: Bundle) -> SqlChange | None:
    """What the bundle does to the product's database; None where it does nothing to one.

    Raises Refused where the profile has no database, or no client of it is on the system.
    """
    wanted = bundle.manifest.sql
    if wanted is None:
        return None
    database = system.operation.database
    if database is None:
        raise _refused(system, "no-database", "nothing says what its database is", "callout_system.operation.database")
    # Only a bundle with SQL needs to know how a database is found.
    from callout.backups.restoring.look import survey

    client = survey(context.connect(system.target), database.client).client
    if not client:
        key = "callout_system.operation.database.client"
        raise _refused(system, "no-client", "no client for its database is there", key)
    name = database.name
    if database.kind == "sqlite":
        # A client in a chroot sees the file below its folder.
        words = client.split()
        inner = words[1].rstrip("/") if words[0] == "chroot" and len(words) > 2 else ""
        name = database.path.removeprefix(inner)
    return SqlChange(
        kind=str(database.kind),
        database=name,
        client=client,
        forward=wanted.up,
        backward=wanted.down,
        transactional=wanted.transactional,
    )


def _refused(system: System, code: str, why: str, key: str) -> Refused:
    reason = Finding("patch.sql", Status.FAIL, code, f"{system.name}: {why}.", Move.US, f"Set {key}.")
    return Refused(f"{system.name}: not begun, {why}.", reason.remedy, [reason.as_dict()])
