"""Many rows with one statement, or in one row: the same as one by one, whatever their number."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from models.store import database

INSERT = "INSERT INTO pair (a, b) VALUES (?, ?)"


@pytest.fixture(autouse=True)
def table(store: Path) -> None:
    database.run("CREATE TABLE pair (a INTEGER PRIMARY KEY, b TEXT NOT NULL, n INTEGER DEFAULT 1)")


def pairs(*, n: bool = False) -> list[tuple[object, ...]]:
    return database.rows(f"SELECT a, b{', n' if n else ''} FROM pair ORDER BY a")


@pytest.mark.parametrize("count", [0, 1, 7, 8, 199, 200, 201, 407])
def test_each_row_goes_in_once(count: int) -> None:
    wanted = [(number, f"word {number}") for number in range(count)]
    database.run_many(INSERT, iter(wanted))
    assert pairs() == wanted


def test_statements_are_few_and_hold_many_rows() -> None:
    connection = database.db.connection()
    seen: list[str] = []

    def look(_cursor: object, sql: str, _bindings: object) -> bool:
        seen.append(sql)
        return True

    connection.exec_trace = look
    database.run_many(INSERT, [(number, "") for number in range(250)])
    connection.exec_trace = None
    assert len(seen) == 2
    assert len(pairs()) == 250


def test_a_conflict_is_settled_row_by_row() -> None:
    sql = f"{INSERT} ON CONFLICT (a) DO UPDATE SET n = n + 1, b = excluded.b"
    database.run_many(sql, [(number % 5, str(number)) for number in range(20)])
    assert pairs(n=True) == [(a, str(15 + a), 4) for a in range(5)]


def test_what_is_to_be_ignored_is() -> None:
    rows = [(number % 9, str(number)) for number in range(18)]
    database.run_many(INSERT.replace("INSERT", "INSERT OR IGNORE"), rows)
    assert pairs() == rows[:9]


def test_a_row_that_is_refused_takes_back_the_transaction() -> None:
    rows: list[tuple[int, str | None]] = [(number, "x") for number in range(20)]
    rows[10] = (10, None)
    with pytest.raises(apsw.ConstraintError), database.writing(durable=False):
        database.run_many(INSERT, rows)
    assert pairs() == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE pair SET b = ? WHERE a = ?",
        "INSERT OR REPLACE INTO pair (b, a) SELECT ?, a FROM pair WHERE a = ?",
        "INSERT INTO pair (b, a) VALUES (upper(?), ? + 100)",
    ],
)
def test_what_is_no_plain_insert_runs_row_by_row(sql: str) -> None:
    database.run_many(INSERT, [(number, "") for number in range(20)])
    database.run_many(sql, [("new", number) for number in range(20)])
    assert sum(1 for _, word in pairs() if str(word).lower() == "new") == 20


@pytest.mark.parametrize("count", [0, 1, 200, 201])
def test_each_row_is_updated_by_its_id_and_no_other(count: int) -> None:
    database.run("CREATE TABLE item (id INTEGER PRIMARY KEY, a, b)")
    database.run_many(
        "INSERT INTO item (id, a, b) VALUES (?, ?, ?)", [(n, n, "") for n in range(300)]
    )
    news = [(n * 2, f"it's {n}", n) for n in range(count)]
    database.update_many("item", ("a", "b"), news)
    wanted = [(n, n * 2, f"it's {n}") for n in range(count)] + [
        (n, n, "") for n in range(count, 300)
    ]
    assert database.rows("SELECT id, a, b FROM item ORDER BY id") == wanted


def test_an_update_of_what_is_gone_makes_nothing() -> None:
    database.run("CREATE TABLE item (id INTEGER PRIMARY KEY, a)")
    database.update_many("item", ("a",), [(1, 7)])
    assert database.rows("SELECT * FROM item") == []


def test_rows_at_once_are_the_rows_in_order() -> None:
    rows = [
        (1, 'quo"te'), (2, "zażółć \U0001f600"), (3, "line\nend\x01\u2028"), (9 << 59, ""), (-5, "\\"),
    ]  # fmt: skip
    database.run_many(INSERT, rows)
    found = database.rows_at_once(("a", "b"), "SELECT * FROM pair", order="a DESC")
    assert found == database.rows("SELECT a, b FROM pair ORDER BY a DESC")
    assert database.rows_at_once(("a",), "SELECT * FROM pair WHERE a = ?", (77,), order="a") == []
