"""Dumps compared table by table, as mysqldump and newer mariadb-dump write them."""

from __future__ import annotations

import io

import pytest

from callout.backups.dump_compare import TableDifference, compare_tables, read_tables

HEAD = "-- MariaDB dump\n/*!40101 SET NAMES utf8mb4 */;\n"
TAIL = "-- Dump completed on 2026-11-23  1:02:03\n"


def table(name: str, *rows: str, counter: int = 1, columns: str = "id int", break_rows: bool = False) -> str:
    between = ",\n" if break_rows else ","
    start = "VALUES\n" if break_rows else "VALUES "
    insert = f"INSERT INTO `{name}` {start}{between.join(rows)};\n" if rows else ""
    return (
        f"DROP TABLE IF EXISTS `{name}`;\nCREATE TABLE `{name}` (\n  {columns}\n) "
        f"ENGINE=InnoDB AUTO_INCREMENT={counter};\n"
        f"LOCK TABLES `{name}` WRITE;\n{insert}UNLOCK TABLES;\n"
    )


def compared(before: str, after: str, **limits: int) -> list[TableDifference]:
    both = [read_tables(io.BytesIO((HEAD + text + TAIL).encode()), **limits) for text in (before, after)]
    return compare_tables(*both)


def test_the_day_the_counter_and_the_breaking_of_lines_are_no_difference() -> None:
    rows = ("(1,'a')", "(2,'it\\'s (x), \\\\')", "(3,NULL)", "(4,0xFF)", "(5,'semi;colon''s')")
    assert not compared(
        table("cdr", *rows), table("cdr", *rows, counter=9, break_rows=True).replace("on 2026", "on 2027")
    )


@pytest.mark.parametrize("break_rows", [False, True])
def test_rows_that_came_and_went(break_rows: bool) -> None:
    (found,) = compared(
        table("cdr", "(1,'a')", "(2,'b')"),
        table("cdr", "(1,'a')", "(2,'),(')", "(3,'c')", break_rows=break_rows),
    )
    assert (found.name, found.what, found.rows_before, found.rows_after) == ("cdr", "changed", 2, 3)
    assert (found.added, found.removed, found.structure) == (2, 1, False)


def test_structure_new_tables_and_all_else() -> None:
    trigger = "/*!50003 CREATE TRIGGER t BEFORE INSERT ON cdr FOR EACH ROW SET NEW.a=1 */;;\n"
    found = compared(
        table("a", "(1)") + table("gone", "(1)"), table("a", "(1)", columns="id bigint") + table("new") + trigger
    )
    assert [(one.name, one.what, one.structure) for one in found] == [
        ("a", "changed", True), ("gone", "removed", True), ("new", "added", True), ("", "changed", True),
    ]  # fmt: skip


@pytest.mark.parametrize("piece_bytes", range(60, 72))
def test_rows_longer_than_a_piece_are_read_whole(piece_bytes: int) -> None:
    rows = [f"({number},'{'x' * 90}(y)')" for number in range(20)]
    (found,) = compared(table("cdr", *rows), table("cdr", *rows[1:]), piece_bytes=piece_bytes)
    assert (found.rows_before, found.rows_after, found.added, found.removed) == (20, 19, 0, 1)


def test_what_is_not_understood_is_never_the_same() -> None:
    odd = table("cdr", "(1,'a')", "oops")
    (found,) = compared(odd, odd)
    assert (found.what, found.added, found.removed) == ("changed", None, None)


def test_a_table_too_large_to_remember_is_compared_as_a_whole() -> None:
    rows = [f"({number})" for number in range(10)]
    assert not compared(table("cdr", *rows), table("cdr", *rows), maximum_rows=3)
    (found,) = compared(table("cdr", *rows), table("cdr", *rows[:-1], "(77)"), maximum_rows=3)
    assert (found.rows_before, found.rows_after, found.added) == (10, 10, None)


def test_no_row_is_ever_told() -> None:
    (found,) = compared(table("user", "(1,'hunter2')"), table("user", "(1,'hunter3')"))
    assert "hunter" not in str(found.as_dict())
