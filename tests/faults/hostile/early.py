"""SSH servers that misbehave before a word is encrypted: in the banner and in the key exchange."""

from __future__ import annotations

import struct

from tests.faults.hostile.peer import BANNER, CHUNK, Peer, key_exchange_init, packet, string

MEGABYTE = 1_000_000


async def silent(peer: Peer) -> None:
    await peer.sit()


async def closes_at_once(peer: Peer) -> None:
    return


async def resets_at_once(peer: Peer) -> None:
    peer.writer.transport.abort()


async def a_byte_a_second(peer: Peer) -> None:
    await peer.dribble(BANNER)


async def banner_without_a_line_end(peer: Peer) -> None:
    await peer.say(b"SSH-2.0-OpenSSH_9.9")
    await peer.sit()


async def endless_banner(peer: Peer) -> None:
    await peer.say(b"SSH-2.0-")
    await peer.flood(b"x" * CHUNK)


async def endless_lines_before_the_banner(peer: Peer) -> None:
    await peer.flood(b"Welcome to acme\r\n" * 1000)


async def banner_of_100_megabytes(peer: Peer) -> None:
    await peer.flood(b"y" * CHUNK, 100 * MEGABYTE)


async def zero_bytes(peer: Peer) -> None:
    await peer.flood(bytes(CHUNK))


async def speaks_http(peer: Peer) -> None:
    await peer.hear()
    await peer.say(b"HTTP/1.1 400 Bad Request\r\nServer: \x1b[31mnginx\r\n\r\n")


async def escape_sequences_in_the_banner(peer: Peer) -> None:
    await peer.say(b"SSH-2.0-\x1b[2J\x1b]0;owned\x07\xe2\x80\xaegnp.exe\r\n")
    await peer.sit()


async def old_protocol(peer: Peer) -> None:
    await peer.say(b"SSH-1.5-1.2.27\r\n")
    await peer.sit()


async def packet_length_maximum_and_a_flood(peer: Peer) -> None:
    await peer.say(BANNER + struct.pack(">IBB", 2**32 - 4, 4, 20))
    await peer.flood(bytes(CHUNK))


async def packet_length_maximum_and_silence(peer: Peer) -> None:
    await peer.say(BANNER + struct.pack(">IBB", 2**32 - 1, 4, 20))
    await peer.sit()


async def packet_length_zero(peer: Peer) -> None:
    await peer.say(BANNER)
    await peer.flood(bytes(CHUNK))


async def silence_before_the_key_exchange(peer: Peer) -> None:
    await peer.say(BANNER)
    await peer.sit()


async def silence_in_the_key_exchange(peer: Peer) -> None:
    await peer.say(BANNER + key_exchange_init())
    await peer.sit()


async def a_byte_a_second_in_the_key_exchange(peer: Peer) -> None:
    await peer.say(BANNER)
    await peer.dribble(key_exchange_init())


async def garbage_after_the_banner(peer: Peer) -> None:
    await peer.say(BANNER)
    await peer.flood(bytes(range(255, -1, -1)) * 64)


async def endless_offers(peer: Peer) -> None:
    await peer.say(BANNER)
    await peer.flood(key_exchange_init())


async def huge_name_lists(peer: Peer) -> None:
    names = b",".join(b"\x1b[5malgorithm-%d" % number for number in range(1500))
    await peer.say(BANNER + key_exchange_init({0: names}))
    await peer.sit()


async def name_list_longer_than_its_packet(peer: Peer) -> None:
    await peer.say(BANNER + packet(b"\x14" + bytes(16) + struct.pack(">I", 2**31) + b"curve25519-sha256"))
    await peer.sit()


async def no_algorithm_at_all(peer: Peer) -> None:
    await peer.say(BANNER + key_exchange_init(dict.fromkeys(range(10), b"")))
    await peer.sit()


async def nonsense_in_the_key_reply(peer: Peer) -> None:
    await peer.say(BANNER + key_exchange_init())
    await peer.hear()
    key = string(string(b"ssh-ed25519") + string(b"k" * 31))
    await peer.say(packet(b"\x1f" + key + string(b"\xff" * 32) + string(string(b"ssh-ed25519") + string(b"s" * 64))))
    await peer.sit()


async def key_reply_with_a_point_of_order_one(peer: Peer) -> None:
    await peer.say(BANNER + key_exchange_init())
    await peer.hear()
    key = string(string(b"ssh-ed25519") + string(b"k" * 32))
    await peer.say(packet(b"\x1f" + key + string(bytes(32)) + string(string(b"ssh-ed25519") + string(b"s" * 64))))
    await peer.sit()


async def encrypted_before_any_key(peer: Peer) -> None:
    await peer.say(BANNER + key_exchange_init() + packet(b"\x15") + packet(b"\x34"))
    await peer.sit()


async def ignore_messages_without_end(peer: Peer) -> None:
    await peer.say(BANNER + key_exchange_init())
    await peer.flood(packet(b"\x02" + string(b"i" * 64)) * 100)


async def disconnects_with_60_kilobytes_of_text(peer: Peer) -> None:
    words = b"\x1b[2Jgo away " * 2500
    await peer.say(BANNER + key_exchange_init())
    await peer.say(packet(b"\x01" + struct.pack(">I", 2) + string(words[:30_000]) + string(b"")) * 2)
    await peer.sit()
