"""Files of known hosts as no generator comes upon them, and the names to ask them for."""

from __future__ import annotations

KEY = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4"
OTHER_KEY = KEY.replace(b"Hh4", b"Hl5")
PLAIN = b"a " + KEY + b"\n"
# What no generator comes upon by itself.
ODD_FILES = {
    "empty": b"",
    "one newline": b"\n",
    "no final newline": b"a " + KEY,
    "CRLF": b"a " + KEY + b"\r\nb " + OTHER_KEY + b"\r\n",
    "CR alone": b"a " + KEY + b"\rb " + OTHER_KEY + b"\r",
    "a comment of 64 KiB": b"a " + KEY + b" " + b"x" * 65536 + b"\n" + PLAIN,
    "a line of 64 KiB and a bit, of names": b",".join(b"host%d" % number for number in range(9000))
    + b",a "
    + KEY
    + b"\n",
    "names of 300 KiB before ours": b"a" * 300_000 + b" " + KEY + b"\n" + PLAIN,
    "a comment line of 1 MiB": b"#" + b"x" * 1_048_576 + b"\n" + PLAIN,
    "NUL in the names": b"a\0b " + KEY + b"\n" + PLAIN,
    "NUL in the key": b"a " + KEY[:40] + b"\0" + KEY[40:] + b"\n" + PLAIN,
    "NUL at the end": b"a " + KEY + b"\0\n" + PLAIN,
    "NUL before all": b"\0" + PLAIN + PLAIN,
    "tabs": b"\ta\t" + KEY.replace(b" ", b"\t") + b"\tcomment\n",
    "form feed and vertical tab": b"a\v" + KEY + b"\n\fa " + KEY + b"\n",
    "a no-break space": b"a\xc2\xa0" + KEY + b"\n",
    "comment behind a space": b"  # a " + KEY + b"\n",
    "a name that begins like a comment": b"a,#b " + KEY + b"\n",
    "marker in odd case": b"@Revoked a " + KEY + b"\n@CERT-AUTHORITY a " + KEY + b"\n",
    "several markers": b"@revoked @cert-authority a " + KEY + b"\n",
    "unknown marker": b"@other a " + KEY + b"\n" + PLAIN,
    "marker and nothing": b"@revoked\n@revoked \n" + PLAIN,
    "marker without a space": b"@revokeda " + KEY + b"\n",
    "marker behind spaces": b"   @revoked   a   " + KEY + b"\n",
    "negated": b"*,!a " + KEY + b"\n!a " + KEY + b"\n!b,* " + KEY + b"\na,!a " + KEY + b"\n",
    "negated twice": b"!!a,* " + KEY + b"\n",
    "wildcard with a port": b"[*]:2020 "
    + KEY
    + b"\n[192.0.2.?]:2020 "
    + KEY
    + b"\n[*]:* "
    + KEY
    + b"\n*:2020 "
    + KEY
    + b"\n",
    "negated with a port": b"[*]:2020,![192.0.2.1]:2020 " + KEY + b"\n",
    "port 22 in brackets": b"[a]:22 " + KEY + b"\n[192.0.2.1]:22 " + KEY + b"\n",
    "a zone": b"fe80::1%eth0 " + KEY + b"\n[fe80::1%eth0]:2020 " + OTHER_KEY + b"\nfe80::1 " + KEY + b"\n",
    "another spelling of an address": b"2001:0DB8:0:0::1 " + KEY + b"\n2001:DB8::1 " + KEY + b"\n",
    "upper case": b"A,PBX.EXAMPLE.ORG " + KEY + b"\n[PBX.Example.ORG]:2020 " + OTHER_KEY + b"\n",
    "not UTF-8": b"a\xff\xfe " + KEY + b"\n\xff,a " + OTHER_KEY + b" caf\xe9\n",
    "a byte order mark": b"\xef\xbb\xbfa " + KEY + b"\n" + PLAIN,
    "kind and key that differ": b"a ssh-rsa " + KEY.split()[1] + b"\n" + PLAIN,
    "a key that is no base64": b"a ssh-ed25519 !!!!\n" + PLAIN,
    "a key that is cut": b"a " + KEY[:40] + b"\n" + PLAIN,
    "base64 without its end": b"a " + KEY.rstrip(b"=") + b"=\n" + PLAIN,
    "no key": b"a\na ssh-ed25519\n" + PLAIN,
    "SSH 1": b"a 1024 35 1234567890\n" + PLAIN,
    "commas": b",a,, " + KEY + b"\n, " + KEY + b"\n",
    "the same line twice": PLAIN + PLAIN,
}
ODD_NAMES = ("a", "b", "192.0.2.1", "[192.0.2.1]:2020", "[a]:2020", "pbx.example.org", "[pbx.example.org]:2020")
ODD_NAMES += ("2001:db8::1", "fe80::1%eth0", "[fe80::1%eth0]:2020", "fe80::1", "host8999")
