"""Pure: how far a check goes: access only, or the ports of full operation as well."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from access_check.errors import AccessCheckError

if TYPE_CHECKING:
    from access_check.targets import Target


class Extent(StrEnum):
    """The words of `--profile`."""

    ACCESS = "access"
    OPERATIONAL = "operational"


class NoList(AccessCheckError):
    """Full operation was asked for, and nobody has said what it needs."""


def to_extent(targets: Sequence[Target], extent: Extent) -> list[Target]:
    """The targets with the ports of `extent`. Raises NoList where not one of them has a list of operation."""
    from access_check.profile import with_operational

    if extent is Extent.ACCESS:
        return list(targets)
    if not any(target.profile.operational for target in targets):
        raise NoList(
            "--profile operational: no system chosen has a list of ports for full operation.",
            "That list is not published with the ports of access. Put it into callout_system.access.operational.",
        )
    return [target.model_copy(update={"profile": with_operational(target.profile)}) for target in targets]
