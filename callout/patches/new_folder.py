"""Makes a new source folder: `bundle.yml`, and what it names."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path

from access_check.whole_files import write_whole
from callout.errors import BadInput
from callout.patches.build import SOURCE
from callout.patches.skeleton import DEFAULTS, skeleton
from callout.patches.tree_difference import TreeDifference
from callout.patches.words import BUNDLE_ID

VALID_FOR = dt.timedelta(days=183)


def make_folder(folder: Path, values: Mapping[str, str], now: dt.datetime, difference: TreeDifference | None) -> Path:
    """Writes the folder and gives its bundle.yml, which comes last. `values` as `skeleton` takes them.

    Raises BadInput where there is a bundle.yml already, or another file in the way; nothing is ever overwritten.
    """
    if not re.fullmatch(BUNDLE_ID, values.get("id", DEFAULTS["id"])):
        raise BadInput("The bundle's id is capital letters and digits, in 2 to 4 parts.", "Like PW-2041.")
    source = folder / SOURCE
    if source.exists():
        raise BadInput(f"{source} is there already.", "Name another folder, or edit that one.")
    until = (now.astimezone(dt.UTC) + VALID_FOR).replace(hour=0, minute=0, second=0)
    told = {"expires": f"{until:%Y-%m-%dT%H:%M:%SZ}", **values}
    text = skeleton(told, difference.files if difference else None)
    carried = difference.carried if difference else {}
    try:
        for name in ("files", "originals"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name, content in [*carried.items(), (SOURCE, text.encode())]:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            write_whole(folder / name, content, mode=0o644, once=True)
    except OSError as error:
        raise BadInput(
            f"{error.filename or folder} cannot be written: {error.strerror}.", "Name another folder."
        ) from None
    return source
