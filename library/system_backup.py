"""Documentation of system_backup; the work is done by plugins/action/system_backup.py on the engineer's side."""

DOCUMENTATION = r"""
module: system_backup
short_description: Takes a complete, verified backup of a system without writing anything there
version_added: 0.1.0
description:
  - Dumps the product's database, then streams the files of the product's scope with the system's own tar (GNU or
    busybox) over SSH into an encrypted Borg repository on the engineer's side, one repository per customer.
  - A chroot's proc, sys and dev are never entered. What is absent, and what changed while it was read, is recorded.
  - The archive gets its name only when tar and dump ended well and it was verified; until then no reader takes it for
    a backup. A failed backup fails the task and is recorded as C(backup_failed), a good one as C(backed_up).
  - Nothing is installed or written on the system, and no Python is needed there. A missing tool is refused by name.
options:
  callout:
    description: The call-out (C(CO-0001)) that the backup belongs to; it becomes part of the backup's id.
    type: str
    default: ""
  verify:
    description:
      - C(structure) compares the archive's listing with its manifest and reads no content; by default the gate accepts
        no such backup (C(callout_policy.gate.backup_level)).
      - C(sample) reads some files back from the store and compares them with the live system.
      - C(data) reads every byte back, and compares the sample with the live system besides.
    type: str
    choices: [structure, sample, data]
    default: data
  full:
    description:
      - Reads everything again. By default only what was changed since the last verified backup crosses the line, and
        every so often by policy everything (C(callout_policy.backups.full_every)). Either way the backup holds all.
    type: bool
    default: false
attributes:
  check_mode:
    support: full
    description: Says what would be taken and left out; asks nothing of the system and stores nothing.
  diff_mode:
    support: none
    description: It changes nothing on the system.
  platform:
    platforms: posix
    support: full
    description: Any system with OpenSSH, a POSIX shell, find, sha256sum, and GNU or busybox tar.
author:
  - The callout project (@callout)
"""

EXAMPLES = r"""
- name: Back the system up before it is changed
  system_backup:
    callout: "{{ run.callout }}"

- name: Back up quickly, outside of any call-out
  system_backup:
    verify: sample

- name: Read everything again, whatever an earlier backup has
  system_backup:
    full: true
"""

RETURN = r"""
scope:
  description: What is taken and left out, each path with the reason why, and whether recordings are in.
  returned: success
  type: dict
  sample:
    taken: [{path: /opt/pbxware, why: the product's profile names it}]
    left_out: [{path: /opt/pbxware/pw/proc, why: the product's profile prunes it}]
    recordings: [/opt/pbxware/pw/var/spool/asterisk/monitor]
    recordings_taken: true
backup:
  description: The backup as it stands in the ledger; its id, sizes, counts, root hash and verification.
  returned: success, not in check mode
  type: dict
  sample:
    id: acme-pbx1-20261123T011500Z-CO-0001
    bytes_over_line: 442702895
    root_hash: 9e4f4ad19908ecb2c3d2c9a9f1142bd78e74ea4b72f4140f14f4fb03392bd939
exit_code:
  description: 2 bad input (no passphrase on file), 6 host key, 7 backup or verification failed, 9 locked.
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
