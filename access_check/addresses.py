"""Pure: is an address reachable from the street, and if not, what kind of address is it?"""

from __future__ import annotations

import ipaddress

# Told apart by name because the remedy differs: CGNAT is the provider's doing, a private address the
# customer's router, a documentation address somebody's copied example. Sources: RFC 6890 and its successors.
_KINDS = (
    ("loopback", ("127.0.0.0/8", "::1/128")),
    ("private", ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10")),
    ("carrier-grade NAT", ("100.64.0.0/10",)),
    ("link-local", ("169.254.0.0/16", "fe80::/10")),
    ("documentation", ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")),
    ("benchmark", ("198.18.0.0/15", "2001:2::/48")),
    ("multicast", ("224.0.0.0/4", "ff00::/8")),
    ("unspecified", ("0.0.0.0/8", "::/128")),
    ("broadcast", ("255.255.255.255/32",)),
)
_NETWORKS = tuple((name, ipaddress.ip_network(block)) for name, blocks in _KINDS for block in blocks)
PUBLIC = "public"


def address_kind(text: str) -> str:
    """`public`, or the name of the kind that keeps it from being so. Raises ValueError for no address.

    An IPv4 address inside an IPv6 one (`::ffff:10.0.0.1`) is judged as what it carries.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    for name, network in _NETWORKS:
        if address.version == network.version and address in network:
            return name
    return PUBLIC if address.is_global else "reserved"


def is_literal(text: str) -> bool:
    """True where `text` is an address and no name."""
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True
