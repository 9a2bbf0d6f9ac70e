"""Settings of the interpreter for a program that runs for seconds; for whole programs only, never for a library."""

from __future__ import annotations

import gc
import os

# From here on the memory is worth a collection, which takes a tenth of a second for each thousand.
MANY_SYSTEMS = 1000


def settle() -> None:
    """Collects seldom, and asks no installed package for plugins of pydantic.

    What imports and inventories allocate stays: looking through it for what may go took a tenth of a short run.
    """
    gc.set_threshold(200_000, 20, 20)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")


def tidy(systems: int) -> None:
    """Gives back what reading an inventory of so many systems left in circles: 8 kB each. A few are not looked for."""
    if systems >= MANY_SYSTEMS:
        gc.collect()


def done() -> None:
    """For the very end: whatever still is there goes with the process, and need not be looked through for circles.

    Python does that several times over on its way out, which took a quarter of a short run.
    """
    gc.freeze()
