"""Pure: what a restore cannot do, as sentences for the person who does it."""

from __future__ import annotations

from collections.abc import Mapping

from callout.backups.record import BackupRecord
from callout.backups.restoring.selection import Asked
from callout.backups.scope import KERNEL_FOLDERS


def by_hand(record: BackupRecord, asked: Asked, restart: Mapping[str, str], mounts: Mapping[str, str]) -> list[str]:
    """What is left to do, in the order in which it is done. `mounts` are the system's mount points."""
    told: list[str] = []
    if asked.whole:
        told += [
            "Packages, kernel and boot loader are not in a backup: the same version of the product must be installed.",
            "Compare addresses, routes and DNS with the customer's network: only what the scope names is back.",
        ]
        for path, why in record.left_out.items():
            if path.rsplit("/", 1)[-1] in KERNEL_FOLDERS and not path.startswith("*") and path not in mounts:
                told.append(f"{path} is not mounted now ({why}): mount it as the product's installer does.")
    if record.recordings == "out" and asked.files:
        told.append("Recordings are not in this backup: they were left out by policy.")
    if record.changed_while_read.count and asked.files:
        names = ", ".join(record.changed_while_read.listed[:5])
        told.append(f"{record.changed_while_read.count} files changed while they were backed up; look at {names}.")
    if record.absent and asked.whole:
        told.append(f"The system did not have, when it was backed up: {', '.join(record.absent)}.")
    if asked.database and record.database is not None:
        told.append(
            f"The dump of {record.database.name} holds no accounts of the database server: if that was installed anew, "
            "make there the account, password and rights that the product's restored settings name."
        )
    if restart:
        told.append(f"Services were restarted in this order: {', '.join(restart)}. Any other one: by hand.")
    else:
        told.append(
            "No service was restarted: nothing says how (callout_system.operation.restart). Restart the database, "
            "then the web server, then Asterisk."
        )
    if asked.whole:
        told.append("Sign in and look at the licence: on other hardware it has to be activated again.")
        told.append("Make a call in and out with the customer.")
    if asked.keep_host_keys and asked.files:
        told.append("Its SSH host keys are the new ones: known_hosts of the customer's own machines need them.")
    return told
