"""What is never shown of a backup's contents, and the text that is."""

from __future__ import annotations

import pytest

from callout.backups.secrets import is_secret_path, redacted
from callout.backups.text_diff import MAXIMUM_LINES, text_diff
from callout.inventory.operation import shipped_scope

KEY = b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n"


@pytest.mark.parametrize("product", ["pbxware", "serverware"])
@pytest.mark.parametrize(
    ("path", "secret"),
    [
        ("/etc/shadow", True),
        ("/opt/pbxware/pw/etc/shadow-", True),
        ("/opt/pbxware/pw/etc/pbxware/pbxware.ini", True),
        ("/etc/ssh/ssh_host_ed25519_key", True),
        ("/etc/ssh/ssh_host_ed25519_key.pub", False),
        ("/root/.ssh/id_rsa", True),
        ("/opt/httpd/conf/server.key", True),
        ("/opt/pbxware/pw/etc/asterisk/pjsip_wizard.conf", True),
        ("/opt/pbxware/pw/etc/asterisk/extensions.conf", False),
        ("/opt/pbxware/pw/etc/nginx/nginx.conf", False),
        ("/opt/pbxware/pw/var/lib/php/sessions/sess_a20l856ba3", True),
    ],
)
def test_the_profile_says_which_files_are_secret(product: str, path: str, secret: bool) -> None:
    assert is_secret_path(path, shipped_scope(product).secret_files) is secret


@pytest.mark.parametrize(
    "line",
    [
        "pw_mysql_password=hunter2",
        "  'Password' : hunter2",
        'secret => "hunter2"',
        "API_KEY=hunter2",
        "auth_token: hunter2 # the old one",
        'token|s:7:"hunter2";',
        "<password>hunter2</password>",
        "define('DB_PASSWORD', 'hunter2');",
        "requirepass hunter2",
        "GET /index.php?apikey=hunter2&action=pbxware.license.info",
        "dsn = mysql://pbx:hunter2@127.0.0.1/pbxware",
    ],
)
def test_the_value_of_what_is_called_a_secret_is_not_shown(line: str) -> None:
    assert "hunter2" not in redacted(line)
    assert "(not shown)" in redacted(line)


def test_other_lines_stand_as_they_are() -> None:
    assert redacted("bindport=5060 ; see https://example.org/x") == "bindport=5060 ; see https://example.org/x"


def test_a_diff_of_text() -> None:
    assert text_diff(b"a\nb\n", b"a\nc\n") == (("@@ -1,2 +1,2 @@", " a", "-b", "+c"), "")
    assert text_diff(None, b"new")[0][-1] == "+new"
    assert text_diff(b"old", None)[0][1] == "-old"
    assert text_diff(b"", b"")[0] == ()


def test_a_change_of_nothing_but_a_password_shows_without_it() -> None:
    lines, _ = text_diff(b"user=pbx\npassword=hunter2\n", b"user=pbx\npassword=hunter3\n")
    assert lines[-2:] == ("-password=(not shown)", "+password=(not shown)")


@pytest.mark.parametrize(
    ("before", "after", "withheld"),
    [
        (KEY, b"gone", "secret"),
        (b"\0binary", b"x", "not text"),
        (b"caf\xe9", b"x", "not text"),
        (b"x" * 200_000, b"x", "too large"),
        (b"\n" * 9000, b"x", "too large"),
    ],
)
def test_why_there_is_none(before: bytes, after: bytes, withheld: str) -> None:
    assert text_diff(before, after) == ((), withheld)


def test_it_is_bounded_and_moves_no_cursor() -> None:
    lines, withheld = text_diff(b"", b"\n".join(b"\x1b[2J%d" % number for number in range(1000)))
    assert (len(lines), withheld) == (MAXIMUM_LINES, "cut")
    assert all(line.isprintable() for line in lines)
    assert len(text_diff(b"", b"x" * 10_000)[0][-1]) < 500
