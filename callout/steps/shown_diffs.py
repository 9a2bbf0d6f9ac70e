"""What a bundle changes in files, as people may see it: no file that is secret, and of a password only the name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from callout.backups.secrets import holds_a_key, is_secret_path, redacted, secret_patterns
from callout.inventory.models import System
from callout.patches.before_after import file_diffs
from callout.patches.change import Change


def shown_diffs(
    system: System, changes: Sequence[Change], before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> list[dict[str, str]]:
    """See before_after.file_diffs; by the rules that a backup's reports keep: profile's, system's and customer's."""
    patterns = secret_patterns(system)

    def hidden(path: str, content: bytes) -> bool:
        return is_secret_path(path, patterns) or holds_a_key(content)

    return file_diffs(changes, before, after, hidden=hidden, redacted=redacted)
