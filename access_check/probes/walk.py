"""Looks at one port of one system, in a worker: from the first words of the server to the shell, or a web page."""

from __future__ import annotations

import socket
from collections.abc import Callable

from access_check.connection_arguments import connection_arguments
from access_check.observations import Observations
from access_check.probes.deadline import Deadline
from access_check.probes.jump import look_through_jump
from access_check.probes.known_hosts import known_keys
from access_check.probes.ssh import look_at_ssh
from access_check.probes.ssh_wanted import after_login_wanted, login_wanted
from access_check.probes.tcp import connect
from access_check.probes.web import look_at_web
from access_check.requirements import ssh_ports
from access_check.workers.job import Job


def look_at_port(job: Job, sock: socket.socket | None, before_secrets: Callable[[], None]) -> Observations:
    """All that is wanted of one port, seen by its deadline. Closes `sock`, on all paths.

    One connection per port (a second one for a certificate that is not trusted), one login, one password
    attempt; `before_secrets` is called before a credential goes out. Raises CannotLook where something on our
    own side is in the way.
    """
    if sock is None:
        way = connection_arguments(job.target.connection_arguments)
        return look_through_jump(job.target, way, Deadline.at(job.ends_at), job.wanted, before_secrets)
    with sock:
        if job.port in ssh_ports(job.target):
            return _ssh(job, sock, before_secrets)
        return _web(job, sock, before_secrets)


def _ssh(job: Job, sock: socket.socket, before_secrets: Callable[[], None]) -> Observations:
    target, port, deadline = job.target, job.port, Deadline.at(job.ends_at)
    way = connection_arguments(target.connection_arguments)
    host = way.host_key_alias or str(target.address)
    on_file = known_keys(host, port, target.known_hosts, way.host_key_alias)
    seen = look_at_ssh(
        sock,
        port,
        on_file=on_file,
        credentials=login_wanted(target, port, job.wanted, before_secrets),
        deadline=deadline,
        after_login=after_login_wanted(target, port, job.wanted),
        host=host,
        already=job.already,
    )
    return Observations(ssh={port: seen})


def _web(job: Job, sock: socket.socket, before_secrets: Callable[[], None]) -> Observations:
    opened, deadline = iter([sock]), Deadline.at(job.ends_at)

    def connected() -> socket.socket | None:
        return next(opened, None) or connect(job.addresses, job.port, deadline)[1]

    seen = look_at_web(job.target, job.port, deadline, connected, wanted=job.wanted, before_secrets=before_secrets)
    return Observations(web=seen.pages, sign_ins=seen.sign_ins, api=seen.api)
