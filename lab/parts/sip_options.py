"""Asks one SIP OPTIONS of the address given; exits 0 if any SIP/2.0 status comes back within two seconds."""

import secrets
import socket
import sys

address = sys.argv[1]
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
    channel.settimeout(2)
    channel.connect((address, 5060))
    own, port = channel.getsockname()
    lines = (
        f"OPTIONS sip:{address} SIP/2.0",
        f"Via: SIP/2.0/UDP {own}:{port};rport;branch=z9hG4bK{secrets.token_hex(8)}",
        f"From: <sip:lab@{own}>;tag={secrets.token_hex(4)}",
        f"To: <sip:{address}>",
        f"Call-ID: {secrets.token_hex(8)}",
        "CSeq: 1 OPTIONS",
        "Max-Forwards: 70",
        "Content-Length: 0",
    )
    try:
        channel.send("".join(f"{line}\r\n" for line in (*lines, "")).encode())
        status = channel.recv(2048)
    except OSError:
        sys.exit(1)
sys.exit(0 if status.startswith(b"SIP/2.0 ") else 1)
