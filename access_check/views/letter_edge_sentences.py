"""What a customer is told of their router: seen, to change; as `letter_sentences`, in whose tables this is read.

`{quote}` is where the router sends the port to now.
"""

from __future__ import annotations

from access_check.languages import marked

_ADD = marked("Please forward TCP port {port} to the {product} system.")
_INSTEAD = marked("Please let TCP port {port} lead to the {product} system.")
_SSH = marked("Please send us what the router prints of its port forwards, or let us log in to it by SSH.")

EDGE_SENTENCES: dict[tuple[str, str], tuple[str, str]] = {
    ("edge.forward", "absent"): (marked("Your router does not forward TCP port {port} ({purpose})."), _ADD),
    ("edge.forward", "disabled"): (
        marked("The rule of your router for TCP port {port} ({purpose}) is switched off or cannot take effect."),
        marked("Please switch on the rule for TCP port {port}."),
    ),
    ("edge.forward", "wrong-host"): (
        marked("Your router sends TCP port {port} ({purpose}) to another device{quote}."),
        _INSTEAD,
    ),
    ("edge.forward", "wrong-port"): (
        marked("Your router sends TCP port {port} ({purpose}) to another port of the {product} system{quote}."),
        _INSTEAD,
    ),
    ("edge.forward", "restricted"): (
        marked("The rule of your router for TCP port {port} ({purpose}) is only for some senders."),
        marked("Please check that our addresses are among them."),
    ),
    ("edge.forward", "*"): (
        marked("We could not tell from what your router prints whether it forwards TCP port {port} ({purpose})."),
        marked("Please look whether TCP port {port} is forwarded to the {product} system."),
    ),
    ("edge.read", "not-open"): (marked("Your router does not answer us on its SSH port."), _SSH),
    ("edge.read", "not-logged-in"): (
        marked("Your router did not let us log in. It was tried once."),
        marked("Please check the account for us on the router, its user and its password or key."),
    ),
    ("edge.read", "*"): (
        marked("We could not read your router, for a reason on our side."),
        marked("We shall look again, or ask you for what it prints."),
    ),
}
