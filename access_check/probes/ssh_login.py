"""Logs in once. A second wrong password may get our address banned for half an hour: there is none, ever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import paramiko
from paramiko.pkey import UnknownKeyType
from pydantic import SecretStr

from access_check.escaping import shown
from access_check.observations import Login, LoginObservation
from access_check.probes.deadline import Deadline
from access_check.probes.guard import GuardSocket, Trip

_GRACE_S = 0.5
_MAXIMUM_METHODS = 12
_INTERACTIVE = "keyboard-interactive"


def log_in(
    transport: paramiko.Transport,
    guard: GuardSocket,
    user: str,
    password: SecretStr | None,
    private_key: Path | None,
    *,
    deadline: Deadline,
) -> LoginObservation:
    """How one login as `user` ended: the key first where one is on file, then the password, once.

    The host key must have been judged before. A password goes out by exactly one method; the server is asked
    beforehand which ones it has.
    """
    if password is None and private_key is None:
        return LoginObservation(Login.NO_CREDENTIALS)
    transport.auth_timeout = deadline.left_s + _GRACE_S
    login, methods = _ask_for_methods(transport, guard, user)
    seen = LoginObservation(login, "none", methods)
    if login is not Login.NO_COMMON_METHOD:
        return seen
    seen = replace(seen, method="")
    if private_key is not None and "publickey" in methods:
        seen = _with_key(transport, guard, user, private_key, seen)
        if seen.login not in (Login.REFUSED, Login.KEY_UNUSABLE):
            return seen
    if password is None:
        return seen
    by_key = seen
    seen = _with_password(transport, guard, user, password, seen)
    never_sent = seen.login is Login.NO_COMMON_METHOD and by_key.login is not Login.NO_COMMON_METHOD
    return by_key if never_sent else seen


def _ask_for_methods(transport: paramiko.Transport, guard: GuardSocket, user: str) -> tuple[Login, tuple[str, ...]]:
    """NO_COMMON_METHOD with the server's list is the ordinary answer to the question, as in every ssh client."""
    methods: list[str] = []

    def ask() -> Sequence[str]:
        try:
            return transport.auth_none(user)
        except paramiko.BadAuthenticationType as refusal:
            methods.extend(shown(method, 64) for method in refusal.allowed_types[:_MAXIMUM_METHODS])
            raise

    login, _ = _attempt(transport, guard, ask)
    return login, tuple(methods)


def _with_key(
    transport: paramiko.Transport, guard: GuardSocket, user: str, private_key: Path, seen: LoginObservation
) -> LoginObservation:
    try:
        key = paramiko.PKey.from_path(private_key.expanduser())
    except (OSError, ValueError, TypeError, paramiko.SSHException, UnknownKeyType) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        return replace(seen, login=Login.KEY_UNUSABLE, method="key", detail=f"{private_key}: {why}")
    login, detail = _attempt(transport, guard, lambda: transport.auth_publickey(user, key))
    login = Login.REFUSED if login is Login.NO_COMMON_METHOD else login
    return replace(seen, login=login, method="key", key_refused=login is Login.REFUSED, detail=detail)


def _with_password(
    transport: paramiko.Transport, guard: GuardSocket, user: str, password: SecretStr, seen: LoginObservation
) -> LoginObservation:
    secret = password.get_secret_value()
    if "password" in seen.offered:
        login, detail = _attempt(transport, guard, lambda: transport.auth_password(user, secret, fallback=False))
    elif _INTERACTIVE in seen.offered:
        answers = _OneAnswer(secret)
        login, detail = _attempt(transport, guard, lambda: transport.auth_interactive(user, answers))
        if answers.asked_for_more:
            login, detail = Login.REFUSED, "the server asks for more than a password"
    else:
        return replace(seen, login=Login.NO_COMMON_METHOD, method="")
    login = Login.REFUSED if login is Login.NO_COMMON_METHOD else login
    return replace(seen, login=login, method="password", password_attempts=1, detail=detail)


class _OneAnswer:
    """Answers the first hidden question with the password, and nothing after it."""

    def __init__(self, secret: str) -> None:
        self._secret: str | None = secret
        self.asked_for_more = False

    def __call__(self, title: str, instructions: str, prompts: Sequence[tuple[str, bool]]) -> list[str]:
        if not prompts:
            return []
        if self._secret is None or len(prompts) != 1 or prompts[0][1]:
            self.asked_for_more = True
            raise paramiko.SSHException("more was asked than one password")
        answer, self._secret = self._secret, None
        return [answer]


def _attempt(transport: paramiko.Transport, guard: GuardSocket, call: Callable[[], Sequence[str]]) -> tuple[Login, str]:
    """One request to the server: how it ended and, where it failed, in which words."""
    error: Exception | None = None
    try:
        further = call()
    except Exception as raised:  # noqa: BLE001 - hostile bytes make Paramiko's thread raise anything at all
        error, further = raised, ()
    if transport.is_authenticated():
        return Login.ACCEPTED, ""
    detail = shown(str(error)) if error is not None else ""
    if isinstance(error, paramiko.BadAuthenticationType):
        return Login.NO_COMMON_METHOD, detail
    if guard.trip is Trip.DEADLINE:
        return Login.TIMEOUT, detail
    if not transport.is_active():
        return Login.CLOSED, detail
    if further:
        return Login.REFUSED, "the server also wants " + ", ".join(shown(method, 64) for method in further[:8])
    return Login.REFUSED, detail
