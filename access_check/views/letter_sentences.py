"""What a customer is told of each kind of finding: seen, to change. English here, other languages in locale/.

Placeholders: `{port}` one port or several, `{purpose}` what is behind it, `{address}` theirs, `{product}`,
`{quote}` what answered there. Keys: the check without its port, and the code; `*` for every other code.
"""

from __future__ import annotations

from access_check.languages import marked
from access_check.views.letter_facts import FACT_SENTENCES, Sentences

_FORWARD = marked("Please correct the forward of TCP port {port}: it must lead to the {product} system.")
_SSH_SERVER = marked("Please check the SSH server behind TCP port {port}, and whether the system is overloaded.")
_WEB_SERVER = marked("Please check the web server behind TCP port {port}.")
_CERTIFICATE = marked("Please renew the certificate of the {purpose}.")
_SEND = marked("Please send it to us by a safe way, never in an open e-mail.")
_PUBLIC = marked(
    "Please give the {product} system a public address that we can reach directly, or forward the ports from one, "
    "and tell us that address."
)
_HOST_KEY = marked("Please tell us whether the system was replaced or set up anew, and the fingerprint of its SSH key.")

SENTENCES: dict[tuple[str, str], Sentences] = {
    ("details.address", "*"): (
        marked("We have no address of the system on file."),
        marked("Please tell us the public address of the system."),
    ),
    ("details.login", "*"): (marked("We have no root password for SSH on file."), _SEND),
    ("details.gui_user", "*"): (
        marked("We have no user name for the web GUI on file."),
        marked("Please tell us a user name for the web GUI."),
    ),
    ("details.gui_password", "*"): (marked("We have no password for the web GUI on file."), _SEND),
    ("details.wizard_password", "*"): (marked("We have no root password for the Setup Wizard on file."), _SEND),
    ("address.resolves", "*"): (
        marked("The name {address} does not resolve to an address."),
        marked("Please check the DNS entry of {address}, or tell us the public address of the system."),
    ),
    ("address.public", "carrier-grade-nat"): (
        marked("{address} leads to an address behind a carrier's NAT, which cannot be reached from the Internet."),
        marked("Please ask your network provider for a public address, and tell us that address."),
    ),
    ("address.public", "*"): (marked("{address} cannot be reached from the Internet: it is not public."), _PUBLIC),
    ("tcp", "refused"): (
        marked("Connections to TCP port {port} ({purpose}) are refused."),
        marked(
            "Please forward TCP port {port} to the {product} system, and check that the service behind it is running."
        ),
    ),
    ("tcp", "timeout"): (
        marked("There is no answer on TCP port {port} ({purpose})."),
        marked("Please let TCP port {port} through the firewall, or forward the connections to the {product} system."),
    ),
    ("tcp", "reset"): (
        marked("Connections to TCP port {port} ({purpose}) are cut at once."),
        marked("Please check what answers on TCP port {port}."),
    ),
    ("tcp", "unreachable"): (
        marked("There is no route to TCP port {port} ({purpose}) of {address}."),
        marked("Please find out why {address} cannot be reached from the Internet."),
    ),
    ("tcp", "all-silent"): (
        marked("No port of {address} answers us."),
        marked(
            "Please check that the {product} system is up, and that our address is not blocked in its firewall, "
            "fail2ban or sipPROT."
        ),
    ),
    ("tcp", "banned"): (
        marked("No port of {address} answers us, though on {quote} they did. It looks as if our address were blocked."),
        marked(
            "Please unblock our address on the {product} system (fail2ban, sipPROT, firewall); if it is not blocked, "
            "please check that the system is up."
        ),
    ),
    ("ssh.banner", "not-ssh"): (marked("What answers on TCP port {port} is not SSH{quote}."), _FORWARD),
    ("ssh.banner", "closed-before-banner"): (
        marked("TCP port {port} takes our connection and closes it at once."),
        marked("Please allow our address on the {product} system (hosts.deny, hosts.allow, limits of sshd)."),
    ),
    ("ssh.banner", "*"): (marked("TCP port {port} takes our connection and then says nothing."), _SSH_SERVER),
    ("ssh.handshake", "no-common-algorithm"): (
        marked("SSH on port {port} offers only methods of encryption that our programs no longer accept."),
        marked("We shall look for another way in and propose an update to you."),
    ),
    ("ssh.handshake", "*"): (
        marked("SSH on port {port} takes our connection, but no encryption is agreed upon."),
        _SSH_SERVER,
    ),
    ("ssh.host_key", "host-key-unknown"): (
        marked("We do not know yet the SSH key with which port {port} proves itself ({quote}); no password was sent."),
        marked("We shall compare this fingerprint with you before we log in."),
    ),
    ("ssh.host_key", "host-key-changed"): (
        marked("The SSH key of port {port} is another one than before ({quote}); no password was sent."),
        _HOST_KEY,
    ),
    ("ssh.host_key", "*"): (
        marked("The SSH key of port {port} ({quote}) is one that was withdrawn; no password was sent."),
        _HOST_KEY,
    ),
    ("ssh.login", "refused"): (
        marked("The login as root on port {port} was refused. It was tried once."),
        marked(
            "Please send us the current root password by a safe way, and check that root may log in by SSH. "
            "We shall not try again before, so that our address does not get blocked."
        ),
    ),
    ("ssh.login", "no-common-method"): (
        marked("SSH on port {port} offers no way of logging in for which we have credentials."),
        marked("Please allow root to log in by password or by our key (PermitRootLogin in sshd_config)."),
    ),
    ("ssh.login", "no-password-needed"): (
        marked("root gets in on port {port} without any password or key."),
        marked("Please set a password for root at once: anybody can log in."),
    ),
    ("ssh.login", "no-credentials"): (
        marked("No login on port {port} was tried, because we have no credentials at hand."),
        marked("We shall complete our records and look again."),
    ),
    ("ssh.login", "key-unusable"): (
        marked("No login on port {port} was tried, because our own key could not be used."),
        marked("We shall complete our records and look again."),
    ),
    ("ssh.login", "*"): (
        marked("The login as root on port {port} was not finished."),
        marked("Please check the SSH server behind TCP port {port}: it does not finish logins."),
    ),
    ("ssh.shell", "*"): (
        marked("The login on port {port} works, but no plain shell is given."),
        marked("Please give root a plain shell without forced commands, menus or messages."),
    ),
    **FACT_SENTENCES,
    ("web", "server-error"): (
        marked("The {purpose} on TCP port {port} answers with a server error."),
        marked("Please check the web server behind TCP port {port}, and the disk space of the system."),
    ),
    ("web", "page-refused"): (
        marked("The {purpose} on TCP port {port} answers, but refuses us the page."),
        marked("Please check that the {purpose} is not limited to other addresses."),
    ),
    ("web", "not-http"): (marked("What answers on TCP port {port} is not the {purpose}."), _FORWARD),
    ("web", "too-much"): (marked("What answers on TCP port {port} is not the {purpose}."), _FORWARD),
    ("web", "tls-failed"): (
        marked("The {purpose} on TCP port {port} does not agree with us on encryption."),
        _WEB_SERVER,
    ),
    ("web", "certificate-expired"): (
        marked("The certificate of the {purpose} on TCP port {port} has expired."),
        _CERTIFICATE,
    ),
    ("web", "certificate-wrong-name"): (
        marked("The certificate of the {purpose} on TCP port {port} is for another name."),
        _CERTIFICATE,
    ),
    ("web", "certificate-self-signed"): (
        marked("The certificate of the {purpose} on TCP port {port} is self-signed."),
        _CERTIFICATE,
    ),
    ("web", "certificate-untrusted"): (
        marked("The certificate of the {purpose} on TCP port {port} is not trusted."),
        _CERTIFICATE,
    ),
    ("web", "*"): (
        marked("The {purpose} on TCP port {port} takes our connection, but the page does not come."),
        _WEB_SERVER,
    ),
}


def sentences_for(kind: str, code: str) -> Sentences | None:
    """What was seen and what to change, as English templates; None for a kind of check that has no words yet."""
    family = "web" if kind.startswith("web.") else kind
    return SENTENCES.get((family, code)) or SENTENCES.get((family, "*"))
