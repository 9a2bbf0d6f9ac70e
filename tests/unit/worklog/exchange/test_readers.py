"""Readers of foreign files: what their formats allow is read, everything else is named with its line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callout.errors import BadInput
from callout.worklog.exchange.formats import FORMATS, format_named
from callout.worklog.exchange.record import MAXIMUM_BYTES, File, Read, identities

Make = Callable[..., File]


def spans(read: Read) -> list[tuple[str, int]]:
    """Start (UTC, to the minute) and minutes of every record."""
    return [(f"{one.when.started_at:%m-%d %H:%M}", one.when.seconds // 60) for one in read.records]


KLOG = """2026-03-02 (8h!)
Summary of the day #globex
and its second line
    8:00 - 9:30 Looked #ticket=T-1
    <23:00 - 1:00
    23:30 - 0:15> over midnight
    9:00am-12:15pm   spaces
    1h30m Travel #travel
        to their site and back
    90m
    22:00 - 24:00
    10:00 - ???

2026/03/03
\t24:00 - 1:00>
\t<24:00 - 0:01
"""


def test_klog_as_its_specification_says(file: Make) -> None:
    read = FORMATS["klog"].read(file(KLOG))
    assert spans(read) == [
        ("03-02 08:00", 90), ("03-01 23:00", 120), ("03-02 23:30", 45), ("03-02 09:00", 195), ("03-02 00:00", 90),
        ("03-02 00:00", 90), ("03-02 22:00", 120), ("03-04 00:00", 60), ("03-03 00:00", 1),
    ]  # fmt: skip
    assert read.left_out == ((12, "it still runs"),)
    first, travel = read.records[0], read.records[4]
    assert (first.note, first.named, "globex" in first.labels) == ("Looked", {"ticket": "T-1"}, True)
    assert (travel.note, travel.when.clock_known, travel.line) == ("Travel #travel to their site and back", False, 8)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("2026-02-30\n    1h", 1),
        ("2026-03-02 8h\n", 1),
        ("Notes\n", 1),
        ("2026-03-02\n    1h\nsummary", 3),
        ("2026-03-02\n    1h\n  2h", 3),
        ("2026-03-02\n 1h", 2),
        ("2026-03-02\n    -30m", 2),
        ("2026-03-02\n    1h60m", 2),
        ("2026-03-02\n    8:00 - 7:00", 2),
        ("2026-03-02\n    8:60 - 9:00", 2),
        ("2026-03-02\n    25:00 - 26:00", 2),
        ("2026-03-02\n    13:00am - 14:00", 2),
        ("2026-03-02\n    24:00> - 24:00>", 2),
        ("2026-03-02\n    8:00 - ?\n    9:00 - ?", 1),
        ("2026-03-02\n    8:00 - 9:00 #seconds=7200", 2),
        ('2026-03-02\n    8:00 - 9:00 #seconds=3600 #from="2026-03-05T08:00:00Z"', 2),
    ],
)
def test_klog_that_is_none(text: str, line: int, file: Make) -> None:
    with pytest.raises(BadInput, match=f"^work:{line}: "):
        FORMATS["klog"].read(file(text))


TIMECLOCK = """; a comment
i 2026-03-02 09:00:00 globex:globex-sw1  Looked ; ticket:T-1, work:abc
o 2026-03-02 10:30:00 done

# another
i 2026/3/3 22:00 acme
O 2026/3/4 01:30
i 2026-03-05 09:00:00+0100 acme  still here
"""


def test_timeclock_as_hledger_reads_it(file: Make) -> None:
    read = FORMATS["timeclock"].read(file(TIMECLOCK, "Europe/Berlin"))
    assert spans(read) == [("03-02 08:00", 90), ("03-03 21:00", 210)]
    assert read.left_out == ((8, "it still runs"),)
    assert read.records[0].note == "Looked"
    assert read.records[0].named == {"ticket": "T-1", "work": "abc"}
    assert {"globex", "globex-sw1"} <= set(read.records[0].labels)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("o 2026-03-02 09:00\n", 1),
        ("i 2026-03-02 09:00 a\ni 2026-03-02 10:00 b\n", 2),
        ("i 2026-03-02 09:00 a\no 2026-03-02 08:00\n", 1),
        ("i 2026-13-02 09:00 a\n", 1),
        ("h 2026-03-02 09:00 8\n", 1),
        ("i 2026-03-02 a\n", 1),
        ("i ٢٠٢٦-03-02 09:00 a\n", 1),
    ],
)
def test_timeclock_that_is_none(text: str, line: int, file: Make) -> None:
    with pytest.raises(BadInput, match=f"^work:{line}: "):
        FORMATS["timeclock"].read(file(text))


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("timeclock", "\ni 2026-10-25 02:30 a\no 2026-10-25 04:00\n"),
        ("klog", "2026-10-25\n    2:30 - 4:00\n"),
        ("kimai-csv", "Date,From,To\n2026-10-25,02:30,04:00\n"),
    ],
)
def test_a_local_time_that_comes_twice_is_named_and_one_without_zone_refused(form: str, text: str, file: Make) -> None:
    with pytest.raises(BadInput, match=r"^work:2: 2026-10-25T02:30 comes twice"):
        FORMATS[form].read(file(text, "Europe/Berlin"))
    with pytest.raises(BadInput, match="says no time zone"):
        FORMATS[form].read(file(text, None))
    assert spans(FORMATS[form].read(file(text))) == [("10-25 02:30", 90)]


DATA = r"""
inc 20260302T090000Z - 20260302T100000Z # "tag with space" acme "a\"q" "c\\d" # "an \"annotation\" # x"
inc 20260303T090000Z - 20260303T100000Z
inc 20260304T090000Z - 20260304T093000Z # # two words
inc 20260305T090000Z # acme
"""


def test_timewarriors_data(file: Make) -> None:
    read = FORMATS["timewarrior"].read(file(DATA))
    assert spans(read) == [("03-02 09:00", 60), ("03-03 09:00", 60), ("03-04 09:00", 30)]
    assert read.records[0].labels == ("tag with space", "acme", 'a"q', "c\\d")
    assert (read.records[0].note, read.records[2].note) == ('an "annotation" # x', "two words")
    assert read.left_out == ((5, "it still runs"),)


@pytest.mark.parametrize(
    ("form", "text", "place"),
    [
        ("timewarrior", "exc monday", 1),
        ("timewarrior", "inc 20260302T090000Z - 20260302T080000Z", 1),
        ("timewarrior", "\ninc 20260230T090000Z - 20260302T080000Z", 2),
        ("timewarrior", "inc 20260302T090000Z - 20260302T100000Z acme", 1),
        ("timewarrior", 'inc 20260302T090000Z - 20260302T100000Z # "open', 1),
        ("timewarrior", '[{"start":"20260302T090000Z"},{"end":"x"}]', 2),
        ("timewarrior", '[{"start":"20260302T090000Z","end":"20260302T100000Z","tags":[7]}]', 1),
        ("timewarrior", "[\n{,", 2),
        ("timewarrior", "[" * 100_000, 1),
        ("kimai-json", "{}", 1),
        ("kimai-json", '[{"begin":"2026-03-02T09:00:00+0100","end":"2026-03-02T10:00:00+0100","duration":9999}]', 1),
        ("kimai-json", '[{"begin":"2026-03-02T09:00:00+0100","end":"soon"}]', 1),
        ("kimai-csv", "Datum,Von,Bis\n2026-03-02,09:00,10:00\n", 1),
        ("kimai-csv", "Date,From,To\n02.03.2026,09:00,10:00\n", 2),
        ("kimai-csv", "Date,From,To\n2026-03-02,9 am,10:00\n", 2),
        ("kimai-csv", "Date,From,To,Duration\n2026-03-02,09:00,10:00,2:00\n", 2),
        ("kimai-csv", "Date,Duration\n2026-03-02,2\n", 2),
        ("kimai-csv", 'Date,Duration\n2026-03-02,"2:00\n', 2),
    ],
)
def test_what_is_no_such_file(form: str, text: str, place: int, file: Make) -> None:
    with pytest.raises(BadInput, match=f"^work:{place}: "):
        FORMATS[form].read(file(text))


KIMAI = """\ufeff"Date","Begin","End","Duration","User","Customer","Project","Activity","Description","Tags"
"2026-03-02","09:00","12:00","2.50","eva","Globex","PBX","Support","'=Looked, twice","ticket:T-1, vip"
"2026-03-03","23:30","00:15","0:45","eva","Globex","PBX","Support","",""
"2026-03-04","","","1:30:00","eva","Globex","PBX","Support","by phone",""
"2026-03-05","09:00","","0:00","eva","Globex","PBX","Support","",""
"""


def test_kimais_csv_with_a_break_over_midnight_and_without_times(file: Make) -> None:
    read = FORMATS["kimai-csv"].read(file(KIMAI, "Europe/Berlin"))
    assert spans(read) == [("03-02 08:00", 150), ("03-03 22:30", 45), ("03-04 00:00", 90)]
    first = read.records[0]
    assert first.when.ended_at - first.when.started_at == dt.timedelta(hours=3)
    assert (first.note, first.named, first.person) == ("=Looked, twice", {"ticket": "T-1"}, "eva")
    assert set(first.labels) == {"ticket:T-1", "vip", "PBX", "Support", "Globex"}
    assert not read.records[2].when.clock_known
    assert read.left_out == ((5, "it still runs"),)
    assert spans(FORMATS["kimai-csv"].read(file(KIMAI.replace(",", ";"), "UTC")))[1:] == [
        ("03-03 23:30", 45), ("03-04 00:00", 90),
    ]  # fmt: skip


def test_kimais_json(file: Make) -> None:
    text = """[{"id": 17, "begin": "2026-03-02T09:00:00+0100", "end": "2026-03-02T10:00:00+0100", "duration": 3600,
      "description": "Looked", "tags": ["ticket:T-1"], "user": 3,
      "project": {"name": "PBX", "customer": {"name": "Globex"}},
      "activity": 5}, {"id": 18, "begin": "2026-03-02T11:00:00+0100", "end": null}]"""
    read = FORMATS["kimai-json"].read(file(text))
    (record,) = read.records
    assert (record.own_id, record.person, spans(read)) == ("kimai:17", "3", [("03-02 08:00", 60)])
    assert set(record.labels) == {"ticket:T-1", "PBX", "5", "Globex"}


@pytest.mark.parametrize("form", list(FORMATS))
def test_files_are_bounded_and_utf8(form: str, file: Make) -> None:
    with pytest.raises(BadInput, match="16 MiB"):
        FORMATS[form].read(file(b"x" * (MAXIMUM_BYTES + 1)))
    with pytest.raises(BadInput, match=r"^work:2: this is not UTF-8"):
        FORMATS[form].read(file(b"2026-03-02\n\xff"))


def test_a_format_that_nobody_knows() -> None:
    with pytest.raises(BadInput, match="no format") as caught:
        format_named("excel")
    assert "kimai-csv" in caught.value.hint


def test_a_record_keeps_its_name_when_the_file_grows(file: Make) -> None:
    one = "2026-03-02\n    8:00 - 9:00 a\n    8:00 - 9:00 a\n"
    first = identities(FORMATS["klog"].read(file(one)).records)
    grown = identities(FORMATS["klog"].read(file(f"2026-03-01\n    1h\n\n{one}    9:00 - 9:30\n")).records)
    assert len(set(first)) == 2
    assert grown[1:3] == first


@settings(max_examples=150, deadline=None)
@given(form=st.sampled_from(list(FORMATS)), content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_a_file_holds_it_is_read_or_refused_in_a_sentence(form: str, content: bytes) -> None:
    _read_or_refused(form, content)


@settings(max_examples=150, deadline=None)
@given(
    form=st.sampled_from([("klog", KLOG), ("timeclock", TIMECLOCK), ("timewarrior", DATA), ("kimai-csv", KIMAI)]),
    place=st.integers(0, 400),
    junk=st.text(alphabet='0123456789-:"\\#;,= \n\tTZio<>?amp', max_size=4),
)
def test_a_file_with_something_in_it_is_read_or_refused_in_a_sentence(
    form: tuple[str, str], place: int, junk: str
) -> None:
    name, text = form
    _read_or_refused(name, (text[:place] + junk + text[place:]).encode())


def _read_or_refused(form: str, content: bytes) -> None:
    try:
        read = FORMATS[form].read(File("work", content, dt.UTC))
    except BadInput as error:
        said = error.message
    else:
        said = "work" if all(record.when.seconds >= 0 for record in read.records) else "negative"
    assert said.startswith("work")
