"""Where a change came from, in one word."""

from __future__ import annotations

from enum import StrEnum


class Provenance(StrEnum):
    """Who made a change. All but the last two explain it.

    `unsupported` is an accusation: it needs that everything else was looked for and ruled out. Where anything that
    could explain the change was not to be had, it is `unknown`.
    """

    OURS = "ours"
    PACKAGE_MANAGER = "package_manager"
    VENDOR_UPGRADE = "vendor_upgrade"
    DOCUMENTED = "documented"
    PRODUCT_DATA = "product_data"
    CUSTOMER_CONFIGURATION = "customer_configuration"
    NOISE = "noise"
    UNSUPPORTED = "unsupported"
    UNKNOWN = "unknown"

    @property
    def explains(self) -> bool:
        """True where nobody has to be asked about the change."""
        return self not in (Provenance.UNSUPPORTED, Provenance.UNKNOWN)
