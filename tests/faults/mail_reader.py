"""Reads mails as the intake does, each measured: processor time and the most memory that the process had meanwhile.

Usage: python -m tests.faults.mail_reader FOLDER    a line of JSON for each file in it, in order of their names.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from callout.desk.mail.seen import read_mail


def main(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        Path("/proc/self/clear_refs").write_text("5")  # Linux: the most memory is counted anew
        began = time.process_time()
        try:
            with path.open("rb") as stream:
                seen = read_mail(stream.read(51_000_000))
            said = "" if len(seen.whole_text) <= 200_000 and len(seen.text) <= 20_000 else "too long a text"
            del seen
        except Exception as error:  # noqa: BLE001 - whatever it raises is told, and fails the suite
            said = f"{type(error).__name__}: {error}"[:500]
        took_s = time.process_time() - began
        status = Path("/proc/self/status").read_text()
        most_kib = int(status.partition("VmHWM:")[2].split()[0])
        sys.stdout.write(json.dumps({"name": path.name, "said": said, "took_s": took_s, "most_kib": most_kib}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
