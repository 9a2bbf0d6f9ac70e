"""Which part of a look at an SSH port the wanted checks need: `--only ssh.host_key` logs in nowhere."""

from __future__ import annotations

from collections.abc import Callable

from access_check.probes.ssh import AfterLogin
from access_check.probes.ssh_login import Credentials, credentials_of
from access_check.probes.ssh_shell import shell_look, try_shell
from access_check.targets import Target


def login_wanted(
    target: Target, port: int, wanted: frozenset[str], before_secrets: Callable[[], None]
) -> Credentials | None:
    """What to log in with on `port`; None where nothing that is wanted needs a login there.

    What a certificate of ours is worth is the server's to say: that check needs the login as well.
    """
    if wanted.isdisjoint((f"ssh.login@{port}", f"ssh.certificate@{port}")):
        return None
    return credentials_of(target, before_secrets)


def after_login_wanted(target: Target, port: int, wanted: frozenset[str]) -> AfterLogin:
    """What is done behind an accepted login: the facts and the proof of a shell, the proof alone, or nothing."""
    if any(check.startswith("facts.") and check.endswith(f"@{port}") for check in wanted):
        return shell_look(target.profile.facts, target.profile.asterisk)
    return try_shell if f"ssh.shell@{port}" in wanted else _nothing


def _nothing(*_: object) -> None:
    """Where only the login is wanted."""
