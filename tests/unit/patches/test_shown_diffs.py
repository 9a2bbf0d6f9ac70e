"""What `--diff` and reports show of a change: never a secret."""

from __future__ import annotations

from callout.backups.secrets import secret_patterns
from callout.patches.before_after import unified
from callout.patches.change import Change
from callout.patches.images import ABSENT, Image
from callout.steps.shown_diffs import shown_diffs
from tests.unit.patches.conftest import Site, sha256
from tests.unit.patches.conftest import keys as keys
from tests.unit.patches.conftest import site as site

SECRET = "correct-horse-battery"
KEY = f"-----BEGIN OPENSSH PRIVATE KEY-----\n{SECRET}\n-----END OPENSSH PRIVATE KEY-----\n".encode()


def shown(site: Site, path: str, before: bytes, after: bytes) -> str:
    image = Image("file", sha256(after), "0644", 0, 0)
    change = Change(1, path, ABSENT, image)
    return unified(shown_diffs(site.system, [change], {path: before}, {sha256(after): after}))


def test_of_a_password_only_the_name_is_shown(site: Site) -> None:
    told = shown(site, "/opt/pw/config.php", b"port = 80\n", f"port = 81\ndb_password = {SECRET}\n".encode())
    assert SECRET not in told
    assert "+db_password" in told
    assert "-port = 80" in told
    assert "+port = 81" in told


def test_a_file_with_a_key_is_not_shown_before_or_after(site: Site) -> None:
    for before, after in ((KEY, b"none\n"), (b"none\n", KEY)):
        told = shown(site, "/opt/pw/anything", before, after)
        assert SECRET not in told
        assert f"not shown, it holds secrets: {len(KEY)} bytes" in told


def test_a_file_that_the_profile_calls_secret_is_not_shown(site: Site) -> None:
    patterns = secret_patterns(site.system)
    assert patterns
    for pattern in patterns:
        told = shown(site, pattern.replace("*", "x"), b"", SECRET.encode())
        assert SECRET not in told, pattern
