"""How fast a system is read: the rule with a clock of its own, and once for real."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callout.backups.line import Line
from callout.backups.pacing import BURST_S, Bucket, Limit, limit_of
from callout.errors import BadInput
from callout.inventory.operation import BackupScope, CustomerBackup
from tests.unit.backups.practice_site import PracticeSite


@given(st.lists(st.tuples(st.integers(1, 1_000_000), st.floats(0, 2)), max_size=50), st.integers(1000, 10_000_000))
def test_no_stretch_of_time_is_faster_than_the_rate(reads: list[tuple[int, float]], rate: int) -> None:
    now_s, bucket = 100.0, Bucket(rate, 100.0)
    taken: list[tuple[float, int, float]] = []
    for count, later_s in reads:
        now_s += later_s
        bucket, wait_s = bucket.take(count, now_s)
        taken.append((now_s, count, now_s + wait_s))
        now_s += wait_s
    for first, (begun_s, _, _) in enumerate(taken):
        for last in range(first, len(taken)):
            came = sum(count for _, count, _ in taken[first : last + 1])
            assert taken[last][2] - begun_s >= came / rate - BURST_S - 1e-6
    assert not taken or taken[-1][2] - 100.0 >= sum(count for count, _ in reads) / rate - 1e-6


def test_the_most_special_word_counts_and_nought_lifts_it(site: PracticeSite) -> None:
    plain = site.system(bandwidth_kbit_s=2000)
    assert limit_of(site.system()) is None
    assert limit_of(plain) == Limit(2000, "callout_policy.backups.bandwidth_kbit_s")
    customer = plain.customer.model_copy(update={"backup": CustomerBackup(bandwidth_kbit_s=500)})
    theirs = plain.model_copy(update={"customer": customer})
    assert limit_of(theirs) == Limit(500, "callout_customer.backup.bandwidth_kbit_s")
    scope = BackupScope(paths=("/opt",), bandwidth_kbit_s=0)
    own = theirs.model_copy(update={"operation": theirs.operation.model_copy(update={"backup": scope})})
    assert limit_of(own) is None


def test_a_limit_that_is_none_names_its_key(site: PracticeSite) -> None:
    with pytest.raises(BadInput, match="bandwidth_kbit_s"):
        site.system(bandwidth_kbit_s=-1)


def test_10_mb_at_20_mbit_take_4_seconds_and_the_writer_is_held_back(site: PracticeSite) -> None:
    session = site.session()
    line = Line(limit=Limit(20_000, "callout_policy.backups.bandwidth_kbit_s"))
    began_s = time.monotonic()
    # The script tells how long it took to get rid of its data: less the pipe's own 64 KiB, as long as we read.
    ten_megabytes = 'head -c 10000000 /dev/zero; cut -d" " -f1 /proc/uptime >&2'
    with session.stream(f'cut -d" " -f1 /proc/uptime >&2; {ten_megabytes}') as stream:
        assert sum(len(chunk) for chunk in line.counted(stream.chunks())) == 10_000_000
        took_s = time.monotonic() - began_s
        begun, ended = (float(said) for said in stream.finish().stderr.split())
    assert line.total_bytes == 10_000_000
    assert 4.0 <= took_s <= 4.6
    assert ended - begun > 3.0
