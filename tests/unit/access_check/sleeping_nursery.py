"""A nursery that never begins: `python -m tests.unit.access_check.sleeping_nursery`."""

import time

if __name__ == "__main__":
    time.sleep(3600)
