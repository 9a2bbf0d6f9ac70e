"""The practice customers are what lab/README.md says: asked over the wire, as a stranger or an engineer would."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import secrets
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.lab

CHECKOUT = Path(__file__).resolve().parents[2]
STATE = CHECKOUT / "lab" / ".state"
ADDRESS = {"acme-pbx1": "10.213.77.11", "globex-sw1": "10.213.77.21"}
SYSTEMS = sorted(ADDRESS)
LOGINS = [("acme-pbx1", 2020), ("globex-sw1", 2020), ("globex-sw1", 2222)]


@pytest.fixture(scope="session", autouse=True)
def lab_is_up() -> None:
    subprocess.run([CHECKOUT / "lab" / "up"], check=True, timeout=600)


@pytest.fixture(scope="session")
def variables() -> dict[str, dict[str, Any]]:
    return {
        name: json.loads(
            subprocess.run([CHECKOUT / "lab" / "variables", name], check=True, stdout=subprocess.PIPE).stdout
        )
        for name in SYSTEMS
    }


SSH = (
    f"ssh -F none -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile={STATE}/known_hosts".split()
)
BY_PASSWORD = ["-o", "PreferredAuthentications=password", "-o", "NumberOfPasswordPrompts=1"]
BY_KEY = f"-o BatchMode=yes -i {STATE}/id_ed25519".split()


def ssh(name: str, port: int, command: str, *options: str, **process: Any) -> subprocess.CompletedProcess[str]:
    """One OpenSSH session; by the lab's key unless the options say otherwise."""
    return subprocess.run(
        [*SSH, "-p", str(port), *(options or BY_KEY), f"root@{ADDRESS[name]}", command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        **process,
    )


def output_of(name: str, command: str, port: int = 2020) -> str:
    result = ssh(name, port, command)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def browser() -> urllib.request.OpenerDirector:
    """A browser with cookies that, like everyone at such a site, accepts the self-signed certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=context),
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(rfc2965=True))),
    )


def page(opener: urllib.request.OpenerDirector, url: str, **form: str) -> str:
    body = urllib.parse.urlencode(form).encode() if form else None
    with opener.open(url, body, timeout=15) as answer:
        return str(answer.read().decode())


def sign_in(opener: urllib.request.OpenerDirector, url: str, user: str, password: str) -> str:
    """What comes after the form on the page was filled in, its hidden fields as they came."""
    form = page(opener, url)
    assert 'type="password"' in form
    action = re.search(r'<form[^>]* action="([^"]+)"', form)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    assert action and hidden
    return page(opener, urllib.parse.urljoin(url, action[1]), user=user, password=password, **hidden)


def api(name: str, action: str, key: str) -> str:
    return page(browser(), f"https://{ADDRESS[name]}/index.php?action=pbxware.{action}", apikey=key)


def ask(name: str, question: str) -> str:
    return output_of(name, f"/opt/pbxware/sh/asterisk -rx '{question}'")


@pytest.mark.parametrize(("name", "port"), LOGINS)
def test_no_system_has_python(name: str, port: int) -> None:
    search = "find / -xdev -name 'python3*' -type f -perm /111; command -v python python2 python3; true"
    assert output_of(name, search, port) == ""


@pytest.mark.parametrize(("name", "closed"), [("acme-pbx1", [22, 2222, 3306, 5038]), ("globex-sw1", [22, 3306, 5038])])
def test_the_published_ports_are_open_and_others_are_not(name: str, closed: list[int]) -> None:
    for port in [80, 81, 443, 2020]:
        socket.create_connection((ADDRESS[name], port), timeout=5).close()
    for port in closed:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((ADDRESS[name], port), timeout=5)


def test_host_and_pbx_have_different_host_keys_on_one_address() -> None:
    # Each login has been held against known_hosts, so what is read there is what the port shows.
    keys = {output_of(name, "cat /etc/ssh/ssh_host_*_key.pub", port) for name, port in LOGINS}
    assert len(keys) == len(LOGINS)


def test_2222_is_the_host_and_2020_the_pbx() -> None:
    output_of("globex-sw1", "test -d /home/lxc/pbx1/rootfs/opt/pbxware/pw && test ! -e /opt/pbxware", 2222)
    output_of("globex-sw1", "test -d /opt/pbxware/pw && test ! -e /home/lxc", 2020)


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_password_opens_only_where_the_inventory_has_one(
    name: str, variables: dict[str, Any], tmp_path: Path
) -> None:
    password = variables[name].get("ansible_password")
    askpass = tmp_path / "askpass"
    askpass.write_text('#!/bin/sh\nprintf "%s\\n" "$LAB_ANSWER"\n')
    askpass.chmod(0o700)
    answers = [("wrong " + secrets.token_hex(4), 255)]
    if password:
        answers.append((password, 0))
    for answer, expected in answers:
        environment = {**os.environ, "SSH_ASKPASS": str(askpass), "SSH_ASKPASS_REQUIRE": "force", "LAB_ANSWER": answer}
        result = ssh(name, 2020, "true", *BY_PASSWORD, env=environment)
        assert result.returncode == expected, result.stderr


@pytest.mark.parametrize(("validity", "expected"), [("-5m:+5m", 0), ("-2h:-1h", 255)])
@pytest.mark.parametrize(("name", "port"), LOGINS)
def test_a_support_certificate_opens_only_while_it_is_valid(
    name: str, port: int, validity: str, expected: int, tmp_path: Path
) -> None:
    key = tmp_path / "engineer"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    sign = f"ssh-keygen -q -s {STATE}/ca -I engineer -n root -V {validity}".split()
    subprocess.run([*sign, key.with_suffix(".pub")], check=True)
    assert ssh(name, port, "true", "-o", "BatchMode=yes", "-i", str(key)).returncode == expected


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_gui_lets_the_right_password_in_and_no_other(name: str, variables: dict[str, Any]) -> None:
    gui = variables[name]["callout_system"]["gui"]
    right, wrong = browser(), browser()
    assert 'type="password"' in page(right, f"http://{ADDRESS[name]}/")
    url = f"https://{ADDRESS[name]}/"
    dashboard = sign_in(right, url, gui["user"], gui["password"])
    assert "Dashboard" in dashboard and "Extensions: 60" in dashboard
    assert "Dashboard" in page(right, url)
    assert 'type="password"' in page(right, f"{url}index.php?logout=1")
    assert "Dashboard" not in page(right, url)
    refused = sign_in(wrong, url, gui["user"], "wrong")
    assert "Wrong username or password" in refused and 'type="password"' in refused and "Dashboard" not in refused


@pytest.mark.parametrize("path", ["https://{}/index.php", "http://{}:81/cgi-bin/index.cgi"])
def test_a_form_that_did_not_come_from_the_page_lets_nobody_in(path: str, variables: dict[str, Any]) -> None:
    system = variables["acme-pbx1"]
    gui = system["callout_system"]["gui"]
    user, password = (gui["user"], gui["password"]) if "https" in path else ("root", system["ansible_password"])
    with pytest.raises(urllib.error.HTTPError) as refused:
        page(browser(), path.format(ADDRESS["acme-pbx1"]), user=user, password=password, token="0" * 32)
    assert refused.value.code == 403
    assert 'type="password"' in refused.value.read().decode()


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_wizard_takes_roots_password(name: str, variables: dict[str, Any]) -> None:
    system = variables[name]
    password = system["callout_system"].get("wizard", {}).get("password") or system["ansible_password"]
    url = f"http://{ADDRESS[name]}:81/"
    right = browser()
    assert "Logged in as root" in sign_in(right, url, "root", password)
    assert "Logged in as root" in page(right, url)
    assert 'type="password"' in page(right, f"{url}cgi-bin/index.cgi?logout=1")
    assert "Logged in as root" not in page(right, url)
    refused = sign_in(browser(), url, "root", "wrong")
    assert "Wrong username or password" in refused and 'type="password"' in refused


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_api_answers_the_right_key(name: str, variables: dict[str, Any]) -> None:
    key = variables[name]["callout_system"]["api"]["key"]
    assert json.loads(api(name, "license.info", key))["Version"] == "7.2 (a35a9165)"
    assert set(json.loads(api(name, "dashboard.services", key)).values()) == {"running"}
    assert json.loads(api(name, "dashboard.disk_usage", key))["/"]["total"] > 0
    assert "error" in json.loads(api(name, "license.info", "wrong"))
    question = urllib.parse.urlencode({"action": "pbxware.license.info", "apikey": key})
    assert "Edition" in json.loads(page(browser(), f"https://{ADDRESS[name]}/index.php?{question}"))


@pytest.mark.parametrize("name", SYSTEMS)
def test_asterisk_answers_a_sip_options(name: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.settimeout(5)
        channel.connect((ADDRESS[name], 5060))
        own, port = channel.getsockname()
        channel.send(
            f"OPTIONS sip:{ADDRESS[name]} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {own}:{port};rport;branch=z9hG4bK{secrets.token_hex(8)}\r\n"
            f"From: <sip:test@{own}>;tag=1\r\nTo: <sip:{ADDRESS[name]}>\r\nCall-ID: {secrets.token_hex(8)}\r\n"
            "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n".encode()
        )
        assert channel.recv(2048).startswith(b"SIP/2.0 ")


@pytest.fixture
def nobody_calls(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    ask("acme-pbx1", "channel request hangup all")


@pytest.mark.usefixtures("nobody_calls")
def test_a_real_call_is_counted_and_ends(variables: dict[str, Any]) -> None:
    key = variables["acme-pbx1"]["callout_system"]["api"]["key"]
    assert "0 active calls" in ask("acme-pbx1", "core show channels count")
    assert api("acme-pbx1", "monitor.live_calls", key) == "Live Calls: 0"
    ask("acme-pbx1", "channel originate Local/s@demo application Wait 4")
    deadline = time.monotonic() + 3
    while "\n1 active call\n" not in (counts := ask("acme-pbx1", "core show channels count") + "\n"):
        assert time.monotonic() < deadline, counts
    assert "2 active channels" in counts
    assert api("acme-pbx1", "monitor.live_calls", key) == "Live Calls: 1"
    assert json.loads(api("acme-pbx1", "dashboard.calls", key))["active_calls"] == 1
    deadline = time.monotonic() + 30
    while "\n0 active calls\n" not in (counts := ask("acme-pbx1", "core show channels count") + "\n"):
        assert time.monotonic() < deadline, counts


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_chroot_has_its_own_mounted_proc(name: str) -> None:
    assert output_of(name, "mountpoint -q /opt/pbxware/pw/proc && chroot /opt/pbxware/pw cat /proc/1/comm") == "init"


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_database_is_full_of_life(name: str) -> None:
    sql = (
        "select count(*) >= 5000 from cdr; select count(*) > 0 from answered_calls;"
        "select count(*) from information_schema.triggers where trigger_schema = 'pbxware';"
        "select count(*) from information_schema.tables where table_schema = 'pbxware' and table_type = 'BASE TABLE'"
    )
    assert output_of(name, f'/opt/pbxware/sh/mysql -N pbxware -e "{sql}"').split() == ["1", "1", "1", "8"]
    assert "TRIGGER extension_renamed" in output_of(name, "/opt/pbxware/sh/mysqldump --no-data pbxware")


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_files_stand_where_the_domain_says(name: str) -> None:
    pw = "/opt/pbxware/pw"
    outside = "/opt/httpd /opt/backup /home/servers"
    inside = "var/lib/mysql/pbxware var/spool/asterisk/voicemail var/lib/asterisk/sounds var/lib/asterisk/moh"
    output_of(name, f"cd {pw} && ls -d {outside} {inside} && test -s var/log/asterisk/messages")
    output_of(name, f"grep -q '^pw_mysql_password = .' {pw}/etc/pbxware/pbxware.ini")
    assert int(output_of(name, f"find {pw}/var/spool/asterisk/monitor -name '*.wav' | wc -l")) >= 20


def test_a_service_restarts_and_is_seen_to_stop(variables: dict[str, Any]) -> None:
    key = variables["acme-pbx1"]["callout_system"]["api"]["key"]
    service = "/opt/pbxware/sh/service asterisk"
    output_of("acme-pbx1", f"{service} stop")
    try:
        assert ssh("acme-pbx1", 2020, f"{service} status").returncode == 3
        assert json.loads(api("acme-pbx1", "dashboard.services", key))["asterisk"] == "stopped"
    finally:
        output_of("acme-pbx1", f"{service} start")
    assert output_of("acme-pbx1", f"{service} restart && {service} status").splitlines()[-1] == "running"
    assert set(json.loads(api("acme-pbx1", "dashboard.services", key)).values()) == {"running"}
