"""`python -m access_check.workers`: the nursery, which forks the workers. Started by the sweep only."""

import gc
import sys


def main() -> None:
    """Takes in the real look, then serves. Never returns."""
    gc.disable()  # nothing that an import allocates goes away again
    # Paramiko takes in `invoke`, and with it half as much again as itself, for a word of ssh_config (Match exec).
    sys.modules["invoke"] = None  # type: ignore[assignment]  # that is how an import is told to fail
    from access_check.probes.walk import look_at_port
    from access_check.workers.nursery import serve

    serve(look_at_port)


if __name__ == "__main__":
    main()
