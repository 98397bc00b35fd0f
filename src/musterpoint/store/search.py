"""Full-text search over titles, messages and notes: FTS5 on SQLite, tsvector on PostgreSQL, behind three functions.

Words are cut and folded here, so that both databases find the same. The document's number is the entry's id and results
come newest first: the commonest word of all costs no more than a rare one, nothing is ranked.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models.expressions import RawSQL

#: A longer run is cut, in texts and in queries: PostgreSQL takes no word of more than 2 kB.
WORD = re.compile(r"[^\W_]{1,100}")


def words(text: str) -> list[str]:
    """The words of a text: runs of letters and digits, lower case, without accents."""
    if not text.isascii():
        text = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return WORD.findall(text.casefold())


def create() -> list[str]:
    """The statements that make the index, for the migration."""
    if connection.vendor == "sqlite":
        # The short beginnings are indexed too: those of very many words cost as little as a whole one.
        return ["CREATE VIRTUAL TABLE store_search USING fts5(body, tokenize='unicode61', prefix='1 2 3')"]
    return [
        "CREATE TABLE store_search (rowid bigint PRIMARY KEY, body tsvector NOT NULL)",
        "CREATE INDEX store_search_body ON store_search USING gin (body)",
    ]


def index(documents: Iterable[tuple[int, str]]) -> None:
    """Add or replace the text of entries."""
    rows = [(number, " ".join(words(text))) for number, text in documents]
    rows = [(number, body) for number, body in rows if body]
    if not rows:
        return
    if connection.vendor == "sqlite":
        statement = "INSERT OR REPLACE INTO store_search (rowid, body) VALUES (%s, %s)"
    else:
        statement = (
            "INSERT INTO store_search (rowid, body) VALUES (%s, to_tsvector('simple', %s))"
            " ON CONFLICT (rowid) DO UPDATE SET body = excluded.body"
        )
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def remove(entries: Sequence[int]) -> None:
    """Forget the text of entries."""
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM store_search WHERE rowid = %s", [(number,) for number in entries])


def find(query: str, limit: int, before: int | None = None) -> list[int]:
    """Entries that contain every word of the query (the last may be a beginning), newest first."""
    terms = words(query)
    if not terms:
        return []
    newest = "" if before is None else " AND rowid < %s"
    if connection.vendor == "sqlite":
        match = " ".join(f'"{term}"' for term in terms) + "*"
        condition = "store_search MATCH %s"
    else:
        match = " & ".join(f"'{term}'" for term in terms) + ":*"
        condition = "body @@ to_tsquery('simple', %s)"
    statement = f"SELECT rowid FROM store_search WHERE {condition}{newest} ORDER BY rowid DESC LIMIT %s"  # noqa: S608
    values: list[str | int] = [match, *([] if before is None else [before]), limit]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]


def find_any(beginnings: Sequence[str], limit: int, kinds: Sequence[str] = ()) -> list[int]:
    """Entries (of these kinds, where any are named) with at least one word that begins like one of these, newest first.

    The beginnings are of `words`.
    """
    if not beginnings:
        return []
    if connection.vendor == "sqlite":
        match, condition = " OR ".join(f'"{each}"*' for each in beginnings), "store_search MATCH %s"
    else:
        match, condition = " | ".join(f"'{each}':*" for each in beginnings), "body @@ to_tsquery('simple', %s)"
    of_kind = ""
    if kinds:
        places = ", ".join(["%s"] * len(kinds))
        of_kind = f" AND EXISTS (SELECT 1 FROM store_entry WHERE id = store_search.rowid AND kind IN ({places}))"  # noqa: S608
    statement = f"SELECT rowid FROM store_search WHERE {condition}{of_kind} ORDER BY rowid DESC LIMIT %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [match, *kinds, limit])
        return [row[0] for row in cursor.fetchall()]


def among(numbers: Sequence[int]) -> RawSQL:
    """The entries with these numbers, for `pk__in`: as one parameter, where thousands would take long to write out."""
    if connection.vendor == "sqlite":
        return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(numbers)])
    return RawSQL("SELECT unnest(%s::bigint[])", [list(numbers)])


def scrub() -> None:
    """After a redaction: make the index forget deleted text on disk too, not only in its answers."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO store_search (store_search) VALUES ('optimize')")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            for table in ("search", "entry", "incident", "inbound", "effect", "localpost"):
                cursor.execute(f"VACUUM store_{table}")
