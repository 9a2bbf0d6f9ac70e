"""Documentation of access_check; the work is done by plugins/action/access_check.py on the engineer's side."""

DOCUMENTATION = r"""
module: access_check
short_description: Says what stands between us and a system, and whose move it is
version_added: 0.1.0
description:
  - Walks from the address over the TCP ports, the SSH banner, the host key and the root login to the shell, and to the
    web GUI and the Setup Wizard, as the published support procedure demands them.
  - Every step is a finding with what was seen, whose move it is, and the sentence to send to them.
  - Logs in once. A key on file is tried first, then the password, one attempt, never a retry. No password is sent to a
    server whose host key is not in C(known_hosts) of the inventory's folder.
  - Nothing is installed or changed on the system, and no Python is needed there.
options:
  callout:
    description: The call-out that the check belongs to (C(CO-0001)); an C(access_checked) event is recorded. Without it
      nothing is recorded.
    type: str
    default: ""
  fail_on_findings:
    description: Fails the task for a finding that failed or is unknown. Waived ones do not count.
    type: bool
    default: true
  fail_on_steps:
    description: Only these steps, named as C(access-check --only) names them, and what they need, fail the task; none
      means each of them. Work that merely reads, or takes a change back, needs C(ssh.shell).
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    support: full
    description: Looks in the same way and records in a copy of the ledger.
  diff_mode:
    support: none
    description: It changes nothing.
  platform:
    platforms: posix
    support: full
    description: Any system with OpenSSH and a POSIX shell.
author:
  - The callout project (@callout)
"""

EXAMPLES = r"""
- name: Check access
  access_check:

- name: Check access as evidence of a call-out
  access_check:
    callout: CO-0001

- name: Look, and go on whatever is found
  access_check:
    fail_on_findings: false
  register: access

- name: Insist on a login and a shell, whatever else is amiss
  access_check:
    fail_on_steps: [ssh.shell]
"""

RETURN = r"""
findings:
  description: One finding per step, in the order of the walk.
  returned: when the walk was made
  type: list
  elements: dict
  sample:
    - check: ssh.login@2020
      status: pass
      code: accepted
      seen: root was let in on port 2020 by password.
      move: nobody
      remedy: ""
      evidence: {method: password, password_attempts: 1}
worst:
  description: The status that speaks for all, C(pass), C(waived), C(warn), C(unknown) or C(fail).
  returned: when the walk was made
  type: str
exit_code:
  description: 0 well, 3 findings that fail or are unknown, 4 warnings only.
  returned: always
  type: int
reasons:
  description: The findings that keep us out.
  returned: on failure
  type: list
  elements: dict
msg:
  description: The first step that keeps us out, as one sentence.
  returned: on failure
  type: str
hint:
  description: The sentence to send to whose move it is.
  returned: on failure
  type: str
"""
