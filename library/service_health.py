"""Documentation of service_health; the work is done by plugins/action/service_health.py on the engineer's side."""

DOCUMENTATION = r"""
module: service_health
short_description: Looks how a telephone system is, and compares it with how it was
version_added: 0.1.0
description:
  - Looks whether Asterisk runs, how many calls are in progress, whether SIP answers one OPTIONS, whether the GUI
    and the API answer, which services run, and how much room is left on C(/).
  - Nothing is installed or changed on the system, and no Python is needed there.
  - What could not be found out is C(unknown), and is never read as well.
options:
  callout:
    description: The call-out that the look belongs to (C(CO-0001)). Without it nothing is recorded.
    type: str
    default: ""
  moment:
    description:
      - C(before) records how it is before a change; C(after) waits until the system is as well as it was at the last
        look before, and records the comparison; C(now) looks once and records nothing.
    type: str
    choices: [before, after, now]
    default: now
  wait_for_calls_minutes:
    description:
      - Waits that many minutes for calls in progress to end before it looks, and refuses if they do not.
      - C(0) asks once.
      - A count that cannot be read refuses as well. In check mode it asks once.
    type: int
  fail_on_findings:
    description: Fails the task for a finding that failed or is unknown.
    type: bool
    default: true
attributes:
  check_mode:
    support: full
    description: Looks in the same way, waits for nothing and records nothing.
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
- name: See how it is
  service_health:

- name: Wait for calls to end, then record how it is before the change
  service_health:
    callout: "{{ callout_id }}"
    moment: before
    wait_for_calls_minutes: 10

- name: See that it is as well as before
  service_health:
    callout: "{{ callout_id }}"
    moment: after
"""

RETURN = r"""
findings:
  description: One finding per thing looked at; for C(after) the comparison.
  returned: when a look was made
  type: list
  elements: dict
  sample:
    - check: asterisk.running
      status: pass
      code: running
      seen: "Asterisk runs: Asterisk 16.28.0."
      move: nobody
      remedy: ""
      evidence: {}
reasons:
  description: The findings that block, or why the calls did not let it begin.
  returned: on failure
  type: list
  elements: dict
calls:
  description: What waiting for calls came to.
  returned: with wait_for_calls_minutes
  type: dict
  sample: {code: idle, calls: 0, waited_s: 20, seen: No call is in progress after 20 s.}
moment:
  description: The moment that was asked for.
  returned: when a look was made
  type: str
exit_code:
  description: 0 well, 3 findings that fail or are unknown, 4 warnings only, 8 refused because of calls.
  returned: always
  type: int
msg:
  description: What failed, as one sentence.
  returned: on failure
  type: str
hint:
  description: What to do about it.
  returned: on failure
  type: str
"""
