"""SSH servers that keep the key exchange and misbehave at the login: messages by number as in RFC 4252 and 4253."""

from __future__ import annotations

from typing import Any

from tests.faults.hostile.bent import Answer, Bent, Boolean, Connection, String, UInt32

SERVICE_REQUEST, USERAUTH_REQUEST, INFO_RESPONSE = 5, 50, 61
_DISCONNECT, _IGNORE, _DEBUG, _SERVICE_ACCEPT, _EXT_INFO, _BANNER, _INFO_REQUEST = 1, 2, 4, 6, 7, 53, 60
WORDS = b"\x1b[2J\x1b]0;owned\x07 go \xe2\x80\xae away "


def _nothing(connection: Connection, packet: Any) -> None:
    return


def _service_then(misbehave: Answer) -> Answer:
    def answer(connection: Connection, packet: Any) -> None:
        connection.send(_SERVICE_ACCEPT, String(packet.get_string()))
        connection.inner._auth_in_progress = True
        misbehave(connection, packet)

    return answer


def _method(packet: Any) -> bytes:
    packet.get_string()
    packet.get_string()
    method: bytes = packet.get_string()
    return method


def _only_interactive(ask: Answer) -> Answer:
    def answer(connection: Connection, packet: Any) -> None:
        if _method(packet) == b"keyboard-interactive":
            ask(connection, packet)
        else:
            connection.failure(b"keyboard-interactive")

    return answer


def _asks(*prompts: bytes, name: bytes = b"", instruction: bytes = b"") -> Answer:
    def answer(connection: Connection, packet: Any) -> None:
        asked = b"".join(String(prompt) + Boolean(False) for prompt in prompts)
        connection.send(_INFO_REQUEST, String(name), String(instruction), String(""), UInt32(len(prompts)), asked)

    return answer


def _asks_again(*prompts: bytes, **words: bytes) -> Bent:
    ask = _asks(*prompts, **words)
    return Bent({USERAUTH_REQUEST: _only_interactive(ask), INFO_RESPONSE: ask})


def _partly(connection: Connection, packet: Any) -> None:
    connection.failure(partly=True)


def _disconnects(connection: Connection, packet: Any) -> None:
    connection.send(_DISCONNECT, UInt32(2), String(WORDS * 1200), String(""))


def _floods(*message: Any) -> Answer:
    def answer(connection: Connection, packet: Any) -> None:
        connection.flood(lambda: connection.send(*message))

    return answer


def _many_methods(connection: Connection, packet: Any) -> None:
    connection.failure(b",".join(b"\x1b[7mmethod-%d" % number for number in range(2000)))


def _success_without_being_asked(connection: Connection, packet: Any) -> None:
    for _ in range(100):
        connection.send(52)
    connection.flood(lambda: connection.send(52))


def _ill_formed_failure(connection: Connection, packet: Any) -> None:
    connection.send(51, UInt32(2**32 - 1), b"password")


_extensions = UInt32(50) + b"".join(String(b"extension-%d" % number) + String(b"v" * 64) for number in range(50))

# After SERVICE_REQUEST the server may speak; everything that it says comes before a login.
LOGINS = {
    "service never accepted": Bent({SERVICE_REQUEST: _nothing}),
    "another service accepted": Bent({SERVICE_REQUEST: lambda to, _: to.send(_SERVICE_ACCEPT, String("ssh-owned"))}),
    "debug messages without end": Bent(
        {SERVICE_REQUEST: _floods(_DEBUG, Boolean(True), String(WORDS * 8), String(""))}
    ),
    "encrypted ignore messages without end": Bent({SERVICE_REQUEST: _floods(_IGNORE, String(b"i" * 200))}),
    "extension messages without end": Bent({SERVICE_REQUEST: _floods(_EXT_INFO, _extensions)}),
    # It never comes to judging the password: where it did, a login could be over before the banners were too much.
    "login banners without end": Bent(
        {SERVICE_REQUEST: _service_then(_floods(_BANNER, String(WORDS * 8), String("")))}, at_password="stall"
    ),
    "login never answered": Bent({USERAUTH_REQUEST: _nothing}),
    "password never answered": Bent(at_password="stall"),
    "hangs up at the password": Bent(at_password="hang up"),
    "partial success for ever": Bent({USERAUTH_REQUEST: _partly}),
    "questions without end": _asks_again(b"Password: "),
    "empty questions without end": _asks_again(),
    "ten thousand questions at once": _asks_again(*[b"Password: "] * 3000),
    "escape sequences in the question": _asks_again(WORDS, name=WORDS * 20, instruction=WORDS * 100),
    "2000 methods with escape sequences": Bent({USERAUTH_REQUEST: _many_methods}),
    "ill-formed refusal": Bent({USERAUTH_REQUEST: _ill_formed_failure}),
    "disconnects the login with 30 kilobytes": Bent({USERAUTH_REQUEST: _disconnects}),
}
