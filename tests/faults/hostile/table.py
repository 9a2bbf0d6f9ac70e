"""Every hostile behaviour by name: what is served, and the finding by which it must be named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.faults.hostile import early, pages
from tests.faults.hostile.bent import Bent
from tests.faults.hostile.channels import CHANNELS
from tests.faults.hostile.logins import LOGINS
from tests.faults.hostile.peer import Behaviour

Speaks = Literal["ssh", "http", "https", "sip"]


@dataclass(frozen=True, slots=True)
class Telephone:
    """Datagrams that answer an OPTIONS; `{call}` stands for the header of the call that was asked."""

    answer: bytes
    times: int = 1


@dataclass(frozen=True, slots=True)
class Hostile:
    """One behaviour. `check` (without its port) must end with one of `codes`; `sliced` runs in `make test`."""

    name: str
    speaks: Speaks
    server: Behaviour | Bent | Telephone
    check: str
    codes: tuple[str, ...]
    sliced: bool = False

    @property
    def before_login(self) -> bool:
        """Whether all that it sends comes before we are logged in."""
        return self.check != "ssh.shell"


def _early(server: Behaviour, check: str, *codes: str, sliced: bool = False) -> Hostile:
    name = getattr(server, "__name__", "").replace("_", " ")
    return Hostile(name, "ssh", server, check, codes, sliced)


def _login(name: str, *codes: str, check: str = "ssh.login", sliced: bool = False) -> Hostile:
    return Hostile(name, "ssh", LOGINS[name], check, codes, sliced)


def _channel(name: str, *codes: str, sliced: bool = False) -> Hostile:
    return Hostile(name, "ssh", CHANNELS[name], "ssh.shell", codes, sliced)


def _page(speaks: Speaks, server: Behaviour, *codes: str, sliced: bool = False) -> Hostile:
    name = getattr(server, "__name__", "").replace("_", " ")
    check = "web.gui" if speaks == "https" else "web.gui_plain"
    return Hostile(name, speaks, server, check, codes, sliced)


BEHAVIOURS = (
    _early(early.silent, "ssh.banner", "silent", sliced=True),
    _early(early.closes_at_once, "ssh.banner", "closed-before-banner"),
    _early(early.resets_at_once, "ssh.banner", "closed-before-banner"),
    _early(early.a_byte_a_second, "ssh.banner", "silent"),
    _early(early.banner_without_a_line_end, "ssh.banner", "silent"),
    _early(early.endless_banner, "ssh.banner", "not-ssh"),
    _early(early.endless_lines_before_the_banner, "ssh.banner", "not-ssh"),
    _early(early.banner_of_100_megabytes, "ssh.banner", "not-ssh", sliced=True),
    _early(early.zero_bytes, "ssh.banner", "not-ssh"),
    _early(early.speaks_http, "ssh.banner", "not-ssh"),
    _early(early.escape_sequences_in_the_banner, "ssh.handshake", "timeout"),
    _early(early.old_protocol, "ssh.handshake", "broken"),
    _early(early.packet_length_maximum_and_a_flood, "ssh.handshake", "too-much", sliced=True),
    _early(early.packet_length_maximum_and_silence, "ssh.handshake", "timeout"),
    _early(early.packet_length_zero, "ssh.handshake", "broken"),
    _early(early.silence_before_the_key_exchange, "ssh.handshake", "timeout"),
    _early(early.silence_in_the_key_exchange, "ssh.handshake", "timeout"),
    _early(early.a_byte_a_second_in_the_key_exchange, "ssh.handshake", "timeout"),
    _early(early.garbage_after_the_banner, "ssh.handshake", "too-much"),
    _early(early.endless_offers, "ssh.handshake", "broken", "too-much"),
    _early(early.huge_name_lists, "ssh.handshake", "no-common-algorithm", "broken", sliced=True),
    _early(early.name_list_longer_than_its_packet, "ssh.handshake", "broken"),
    _early(early.no_algorithm_at_all, "ssh.handshake", "no-common-algorithm"),
    _early(early.nonsense_in_the_key_reply, "ssh.handshake", "broken"),
    _early(early.key_reply_with_a_point_of_order_one, "ssh.handshake", "broken"),
    _early(early.encrypted_before_any_key, "ssh.handshake", "broken"),
    _early(early.ignore_messages_without_end, "ssh.handshake", "too-much", sliced=True),
    _early(early.disconnects_with_60_kilobytes_of_text, "ssh.handshake", "closed", "broken"),
    _login("service never accepted", "timeout"),
    _login("another service accepted", "timeout", "closed"),
    _login("debug messages without end", "closed"),
    _login("encrypted ignore messages without end", "closed"),
    _login("extension messages without end", "closed"),
    # As fast as it sends: the limit or the deadline.
    _login("login banners without end", "closed", "timeout", sliced=True),
    _login("login never answered", "timeout"),
    _login("password never answered", "timeout"),
    _login("hangs up at the password", "closed"),
    _login("partial success for ever", "refused"),
    _login("questions without end", "refused", sliced=True),
    _login("empty questions without end", "closed"),
    _login("ten thousand questions at once", "refused"),
    _login("escape sequences in the question", "refused"),
    _login("2000 methods with escape sequences", "no-common-method"),
    _login("ill-formed refusal", "refused", "closed"),
    _login("disconnects the login with 30 kilobytes", "closed"),
    _channel("channel never opened", "timeout"),
    _channel("channel refused with escape sequences", "no-shell"),
    _channel("data for another channel", "no-shell"),
    _channel("command never ends", "timeout"),
    _channel("command never ends, no window", "timeout"),
    _channel("output a byte a second", "timeout"),
    _channel("output without end on both streams", "flooded", sliced=True),
    _channel("errors without end", "flooded"),
    _channel("empty output without end", "flooded"),
    _channel("no output and no exit status", "no-shell", sliced=True),
    _channel("right output that never ends", "timeout"),
    _channel("exit status but no end", "timeout"),
    _channel("escape sequences in the output", "wrong-output", sliced=True),
    _channel("requests without end", "flooded"),
    _channel("new keys without end", "flooded", "timeout"),
    _channel("key exchange begun and left", "timeout"),
    _page("http", pages.silent_page, "timeout"),
    _page("http", pages.endless_headers, "too-much", sliced=True),
    _page("http", pages.endless_status_line, "too-much"),
    _page("http", pages.headers_a_byte_a_second, "timeout"),
    _page("http", pages.endless_body, "answered"),
    _page("http", pages.body_shorter_than_promised, "answered"),
    _page("http", pages.redirects_to_itself, "answered"),
    _page("http", pages.continues_for_ever, "too-much", "answered", "not-http", "page-refused"),
    _page("https", pages.handshake_stalls, "timeout"),
    _page("https", pages.handshake_a_byte_a_second, "timeout"),
    _page("https", pages.records_without_end, "tls-failed", "too-much", sliced=True),
    Hostile("SIP nonsense", "sip", Telephone(b"\x1b[2JSIP/3.0 200 OK\r\n{call}\r\n\r\n"), "sip.options", ("not-sip",)),
    Hostile(
        "SIP nonsense without end", "sip", Telephone(b"SIP/2.0 200 OK\r\nCall-ID: other\r\n\r\n", 5000),
        "sip.options", ("not-sip",),
    ),
    Hostile(
        "SIP headers of 8 kilobytes", "sip", Telephone(b"SIP/2.0 999 " + b"\x1b[2J" * 2000 + b"\r\n{call}\r\n\r\n"),
        "sip.options", ("not-sip",),
    ),
)  # fmt: skip
SLICE = tuple(hostile for hostile in BEHAVIOURS if hostile.sliced)
