"""Settings of the interpreter for a program that runs for seconds; for whole programs only, never for a library."""

from __future__ import annotations

import gc
import os
import sys
from io import TextIOWrapper


def settle() -> None:
    """Collects seldom, asks no installed package for plugins of pydantic, and prints on any terminal.

    What imports and inventories allocate stays: looking through it for what may go took a tenth of a short run.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without UTF-8 is no reason to fail
    gc.set_threshold(50_000, 20, 20)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
