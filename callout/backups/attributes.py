"""Pure: extended attributes and ACLs of an entry, as pax records name them, and their place in a manifest's line.

GNU tar's `--xattrs` alone tells ACLs too, as `system.posix_acl_*` with numbers, and only where there is one. Its
`--acls` would say them with the names of the outer system's accounts, which in a chroot are others'.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

# In the order of their names: (`SCHILY.xattr.user.note`, its value).
Attributes = tuple[tuple[str, bytes], ...]

XATTR = "SCHILY.xattr."
ATTRIBUTE_PREFIXES = (XATTR, "SCHILY.acl.")
# What one entry may have in all. A file system gives 4 KiB to 64 KiB.
MAXIMUM_ATTRIBUTES_BYTES = 96 * 1024


def attributes_as_dict(attributes: Attributes) -> dict[str, str]:
    """JSON-able: values may hold any byte, so they stand in base64."""
    return {key: base64.b64encode(value).decode("ascii") for key, value in attributes}


def attributes_from_dict(raw: Mapping[str, str]) -> Attributes:
    """What `attributes_as_dict` wrote. Raises ValueError, AttributeError or TypeError for anything else."""
    found = tuple(sorted((str(key), base64.b64decode(value, validate=True)) for key, value in raw.items()))
    if not found or not all(key.startswith(ATTRIBUTE_PREFIXES) and len(key) > len(XATTR) - 2 for key, _ in found):
        raise ValueError("attributes that are none")
    return found
