"""What is taken and left out, and why: values in, values out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from callout.backups.scope import Reason, plan_capture, scope_of
from callout.errors import BadInput
from callout.inventory.operation import BackupScope, CustomerBackup, OperatingProfile, operating_profile_values


def shipped() -> BackupScope:
    return OperatingProfile.model_validate(operating_profile_values("pbxware", {})).backup


def test_the_chroots_kernel_folders_are_left_out_at_every_depth() -> None:
    left_out = scope_of(shipped()).left_out
    assert left_out["/opt/pbxware/pw/proc"] is Reason.PRUNED
    assert {"*/pw/proc", "*/pw/sys", "*/pw/dev"} <= left_out.keys()
    assert not any(path.startswith("*") and "mysql" in path for path in left_out)


@pytest.mark.parametrize("included", [True, False])
def test_recordings_are_in_or_out_by_policy_and_it_says_why(included: bool) -> None:
    scope = scope_of(shipped().model_copy(update={"include_recordings": included}))
    monitor = "/opt/pbxware/pw/var/spool/asterisk/monitor"
    assert scope.recordings_taken is included
    assert scope.left_out.get(monitor) is (None if included else Reason.RECORDINGS_OUT)


def test_a_path_below_another_one_is_taken_once() -> None:
    scope = scope_of(BackupScope(paths=("/opt/pbxware", "/opt/pbxware/pw/etc", "/etc/ssh", "/etc/ssh/")))
    assert list(scope.taken) == ["/opt/pbxware", "/etc/ssh"]


@pytest.mark.parametrize("path", ["opt", "-exec", "/opt/../etc", "/opt\n/etc", "", "/" + "n" * 2000])
def test_a_path_that_is_not_plain_is_refused_by_its_key(path: str) -> None:
    with pytest.raises(BadInput, match=r"operation\.backup\.prune"):
        scope_of(BackupScope(paths=("/opt",), prune=(path,)))


def test_a_linked_product_is_followed_and_its_prunes_with_it() -> None:
    scope = scope_of(shipped())
    plan = plan_capture(scope, {"/opt/pbxware": "/data/pbx"}, ("/home/servers",), ())
    assert "/opt/pbxware" in plan.roots
    assert "/data/pbx" in plan.roots
    assert plan.left_out["/data/pbx/pw/proc"] is Reason.PRUNED
    assert plan.absent == ("/home/servers",)
    assert "/home/servers" not in plan.roots


def test_kernel_file_systems_inside_the_scope_are_never_entered() -> None:
    plan = plan_capture(scope_of(shipped()), {}, (), ("/proc", "/opt/httpd/jail/proc", "/opt/pbxware/pw/proc"))
    assert plan.left_out["/opt/httpd/jail/proc"] is Reason.KERNEL_MOUNT
    assert plan.left_out["/opt/pbxware/pw/proc"] is Reason.PRUNED
    assert "/proc" not in plan.left_out


def test_a_plan_holds_what_lies_at_or_below_its_roots_only() -> None:
    plan = plan_capture(scope_of(shipped()), {}, (), ())
    assert plan.holds("/opt/pbxware/pw/etc")
    assert plan.holds("/etc/shadow")
    assert not plan.holds("/etc/shadow-")
    assert not plan.holds("/opt/pbxware2/x")


def test_pattern_characters_of_a_path_are_taken_literally() -> None:
    plan = plan_capture(scope_of(BackupScope(paths=("/opt",), prune=("/opt/a[1]*",))), {}, (), ())
    assert "/opt/a\\[1]\\*" in plan.find_arguments()


def system_scope(**changes: object) -> BackupScope:
    return BackupScope.model_validate({**shipped().model_dump(), **changes})


def test_additions_stand_beside_the_profiles_list_and_say_who_asked() -> None:
    backup = system_scope(also={"paths": ["/srv/fax"], "prune": ["/opt/httpd/cache"]})
    customer = CustomerBackup.model_validate({"also": {"paths": ["/srv/crm"], "prune": ["/opt/pbxware/tmp"]}})
    scope = scope_of(backup, shipped(), customer)
    assert list(scope.taken)[: len(shipped().paths)] == list(shipped().paths)
    assert (scope.taken["/srv/fax"], scope.taken["/srv/crm"]) == (Reason.SYSTEM, Reason.CUSTOMER)
    assert scope.left_out["/opt/httpd/cache"] is Reason.PRUNED_BY_SYSTEM
    assert scope.left_out["/opt/pbxware/tmp"] is Reason.PRUNED_BY_CUSTOMER
    asked = {one["path"]: one["asked_by"] for one in scope.as_dict()["taken"]}
    assert (asked["/opt/pbxware"], asked["/srv/fax"], asked["/srv/crm"]) == ("profile", "system", "customer")


def test_a_list_of_the_systems_own_says_what_it_no_longer_takes() -> None:
    scope = scope_of(system_scope(paths=["/opt/pbxware", "/etc", "/srv"], prune=[]), shipped())
    assert scope.taken == {"/opt/pbxware": Reason.PROFILE, "/etc": Reason.SYSTEM, "/srv": Reason.SYSTEM}
    assert scope.replaced == ("/opt/httpd", "/home/servers", "/root/.ssh")
    assert {"path": "/opt/httpd", "why": str(Reason.REPLACED), "asked_by": "system"} in scope.as_dict()["left_out"]
    assert "*/pw/proc" in scope.left_out  # whatever a site prunes, nobody can mean the kernel's folders


def test_an_addition_that_would_silently_not_be_taken_is_refused() -> None:
    customer = CustomerBackup.model_validate({"also": {"paths": ["/opt/pbxware/pw/var/lib/mysql/pbxware"]}})
    with pytest.raises(BadInput, match=r"callout_customer\.backup\.also\.paths: .* would not be taken"):
        scope_of(shipped(), shipped(), customer)


def test_the_product_itself_cannot_be_left_out() -> None:
    with pytest.raises(BadInput, match="the product itself"):
        scope_of(shipped(), shipped(), CustomerBackup.model_validate({"also": {"prune": ["/opt"]}}))


def test_a_customer_who_wants_no_recordings_taken_has_none_taken() -> None:
    scope = scope_of(shipped(), shipped(), CustomerBackup(leave_out_recordings=True))
    assert not scope.recordings_taken
    assert scope.left_out[scope.recordings[0]] is Reason.RECORDINGS_UNWANTED


def test_a_left_out_folder_is_named_but_not_entered_and_a_left_out_file_is_neither(tmp_path: Path) -> None:
    for path in ("kept/file", "cache/file", "key", ".callout-originals/0123456789ab/1"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    scope = scope_of(BackupScope(paths=(str(tmp_path),), prune=(f"{tmp_path}/cache", f"{tmp_path}/key")))
    words = plan_capture(scope, {}, (), ()).find_arguments()
    for find in (["find"], ["busybox", "find"]):
        named = subprocess.run([*find, *words, "-print"], check=True, capture_output=True, text=True).stdout.split()
        assert sorted(named) == [str(tmp_path), *(f"{tmp_path}/{one}" for one in ("cache", "kept", "kept/file"))]
