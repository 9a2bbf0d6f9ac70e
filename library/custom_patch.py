"""Documentation of custom_patch; the work is done by plugins/action/custom_patch.py on the engineer's side."""

DOCUMENTATION = r"""
module: custom_patch
short_description: Puts a signed patch bundle in, all of it or nothing, or takes it out again
version_added: 0.1.0
description:
  - C(present) checks the bundle's signature, looks at the system, and executes exactly the plan that the customer
    consented to; where the system is not as planned it refuses, with every reason. New files are staged beside their
    targets and renamed, services restarted, health checked. What fails before health is well is taken back by itself.
  - C(absent) puts back the originals, which are kept on the engineer's side and on the system, either of which will do;
    it refuses where a file was changed since, shows the change, or names the bundle to be taken back first.
  - A run that was cut (line, power, our side) is brought to its end by the next run, to the old files or to the new.
  - Nothing is installed on the system, no Python is needed there, and nothing of ours stays but the patch and, in a
    folder that only root can read, the originals, until the customer accepts the work.
options:
  callout:
    description: The call-out (C(CO-0001)) that the change belongs to.
    type: str
    required: true
  bundle:
    description: The signed bundle file. For C(absent) its id (C(PW-2041)) will do.
    type: path
    required: true
  plan:
    description: The hash of the plan to execute. Without it, the call-out's newest plan.
    type: str
  wait_for_calls_minutes:
    description:
      - How long to wait for calls in progress to end, before anything is sent there and again right before the first
        file is changed; 0 asks once. Without it what the policy says (C(gate.wait_for_calls_minutes)). A number of
        calls that is not known is not none. Where calls are still in progress then, nothing is changed and the result
        says how many. For C(absent) there is no waiting unless this or C(when_idle) is given.
    type: int
  when_idle:
    description:
      - Waits until no call is in progress, at most until this time of the customer's own (C(22:30), the next one, or
        C(2026-11-24 02:00), at most 24 hours away). It goes before C(wait_for_calls_minutes).
    type: str
  state:
    description: Whether the bundle's files are to be in or out.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    support: full
    description: Looks, compares with the plan and says what would change; changes nothing.
  diff_mode:
    support: full
    description: Shows text files before and after; other files by size and hash.
  platform:
    platforms: posix
    support: full
    description: Any system with OpenSSH and a POSIX shell.
author:
  - The callout project (@callout)
"""

EXAMPLES = r"""
- name: Put the bundle in, as planned
  custom_patch:
    callout: "{{ run.callout }}"
    bundle: PW-2041.callout

- name: Take it out again
  custom_patch:
    callout: "{{ run.callout }}"
    bundle: PW-2041
    state: absent
"""

RETURN = r"""
bundle:
  description: The bundle's id.
  returned: success
  type: str
  sample: PW-2041
files:
  description: Each changed file with its hash, mode and owner before and after; none of them where nothing is there.
  returned: success
  type: list
  elements: dict
  sample:
    - path: /opt/pbxware/pw/var/www/login.php
      before: {sha256: 0f3d…, mode: "0644", owner: "0:0"}
      after: {sha256: 9a1c…, mode: "0644", owner: "0:0"}
downtime_ms:
  description: Milliseconds from the first rename until the system was found well.
  returned: success
  type: int
findings:
  description: What is worth knowing though it did not fail.
  returned: success
  type: list
  elements: dict
diff:
  description: Texts before and after.
  returned: success, with --diff
  type: list
  elements: dict
reasons:
  description: Every reason of a refusal.
  returned: when refused
  type: list
  elements: dict
exit_code:
  description: 2 bad input, 6 signature, 8 refused, 9 locked, 10 rolled back, 11 not rolled back.
  returned: on failure
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
