"""Why there was work, as a person says it: the words, and what each means for the charge.

Published procedure: what follows from an unsupported modification is charged as maintenance; an emergency that was
man-made may cost extra. That a fault of our own is nobody's bill but ours is the house's rule.
"""

from __future__ import annotations

from enum import StrEnum


class Cause(StrEnum):
    """The words of `cause` in a `work_logged` event; empty where nobody said one."""

    NONE = ""
    DOCUMENTED_SUPPORT = "documented_support"
    UNSUPPORTED_MODIFICATION = "unsupported_modification"
    MAN_MADE_EMERGENCY = "man_made_emergency"
    OWN_BUG = "own_bug"
    INCLUDED = "included"


MEANINGS = {
    Cause.NONE: "contract and consent alone decide",
    Cause.DOCUMENTED_SUPPORT: "support on what is documented: owed under the contract; doing it for them is not",
    Cause.UNSUPPORTED_MODIFICATION: "charged as maintenance, whatever the contract; the evidence is a drift finding",
    Cause.MAN_MADE_EMERGENCY: "charged afterwards, whatever the contract, without a consent beforehand",
    Cause.OWN_BUG: "never charged: a fault of ours",
    Cause.INCLUDED: "part of what the maintenance contract includes; on any other a person decides",
}
# What a contract's included hours are not for: it is charged on top of what was bought.
CHARGED_ON_TOP = frozenset({Cause.UNSUPPORTED_MODIFICATION, Cause.MAN_MADE_EMERGENCY})
