"""What a person asks of the history itself: is it whole, and how large is it?"""

from sqlite3 import Connection

REPORTED = 20
"""Faults listed at most; one is enough to restore a backup."""


def faults(db: Connection) -> list[str]:
    """What is wrong with the file, in SQLite's words and a row's place; empty when it is whole.

    Reads the whole file once, without the slow part of comparing every index with its table.
    """
    found = [row[0] for row in db.execute(f"PRAGMA quick_check({REPORTED})") if row[0] != "ok"]
    for table, rowid, parent, _ in db.execute("PRAGMA foreign_key_check").fetchmany(REPORTED - len(found)):
        found.append(f"{table} row {rowid} refers to a row of {parent} that is not there")
    return found


def size(db: Connection) -> int:
    """Bytes that the history takes, without what is yet in its write-ahead log."""
    pages, page = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return int(pages) * int(page)
