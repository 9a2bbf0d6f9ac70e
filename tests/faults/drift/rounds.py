"""The rounds of their own, by name: each begins with a baseline and ends with the score of one look."""

from __future__ import annotations

from tests.faults.drift import round_packages, round_restored, round_upgrade

ROUNDS = {
    "restored by us": round_restored.restored,
    "upgrade of the product": round_upgrade.upgrade,
    "packages in the chroot": round_packages.packages_inside,
}
