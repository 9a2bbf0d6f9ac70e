"""Documentation of system_drill; the work is done by plugins/action/system_drill.py on the engineer's side."""

DOCUMENTATION = r"""
module: system_drill
short_description: Restores a backup into a container of its own and sees whether it runs
version_added: 0.1.0
description:
  - Restores a backup into a private folder and compares every file with the backup's manifest (content, permissions,
    owner, links, times). Starts a container on the restored product without a network, loads the dump into the
    product's own database server there, compares the rows of every table with the dump, checks the tables, and starts
    the services that the product's profile names. All of it is removed afterwards.
  - Nothing is asked of the system.
  - What it came to is recorded as C(drilled). What could not be found out (no podman, say) is not proven, and fails
    the task as a failed drill does.
options:
  backup:
    description: The backup's id; empty for the newest verified one of the system.
    type: str
    default: ""
  callout:
    description: The call-out (C(CO-0001)) that the drill belongs to; empty for a drill by itself.
    type: str
    default: ""
  only_when_due:
    description:
      - Drill only where the last one is older than C(callout_policy.backups.drill_max_age_days), or proved nothing.
    type: bool
    default: false
attributes:
  check_mode:
    support: full
    description: Says whether there would be a drill; restores nothing.
  diff_mode:
    support: none
    description: It changes nothing on the system.
  platform:
    platforms: posix
    support: full
    description: Any system that was backed up; the drill itself runs on the engineer's side.
author:
  - The callout project (@callout)
"""

EXAMPLES = r"""
- name: Prove that the newest backup can be restored
  system_drill:

- name: The same on a schedule, as often as policy wants it
  system_drill:
    only_when_due: true
"""

RETURN = r"""
due:
  description: Whether a drill was wanted.
  returned: success
  type: bool
drill:
  description: The drill as it stands in the ledger; outcome, duration, hashes, findings.
  returned: when there was one
  type: dict
  sample:
    backup: acme-pbx1-20261123T011500Z-CO-0001
    outcome: proven
    duration_ms: 12870
findings:
  description: One finding per thing that was looked at.
  returned: when there was one
  type: list
  elements: dict
  sample:
    - check: drill.rows
      status: pass
      code: same
      seen: "8 tables hold as many rows as the dump: 6110 in all."
      move: nobody
      remedy: ""
      evidence: {}
exit_code:
  description: 2 bad input (no backup), 7 not proven, 9 locked.
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
