"""The schema, as a list of named steps that only ever grows.

A step is frozen once released: it imports no live code, and a change is a new step. Each runs in one
transaction together with its record in ``_sqlite_migrations``. sqlite-utils is imported only when there is
something to apply, since it takes longer to import than the rest of the store.
"""

from collections.abc import Callable
from sqlite3 import Connection, OperationalError
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

SET = "broadsheet"


def m001_history(db: "Database") -> None:
    """Digest files and papers; posts and their outbox; bookmarks; full text."""
    for statement in _M001.split(";\n\n"):
        db.execute(statement)


_M001 = """
CREATE TABLE digests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT NOT NULL UNIQUE,
    file TEXT NOT NULL,
    format TEXT,
    date TEXT,
    read_at TEXT NOT NULL,
    entries INTEGER NOT NULL,
    new INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    unreadable INTEGER NOT NULL,
    error TEXT
) STRICT;

CREATE INDEX digests_read_at ON digests(read_at);

CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY,
    digest_id INTEGER NOT NULL REFERENCES digests(id),
    line INTEGER NOT NULL,
    reason TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;

CREATE INDEX quarantine_digest ON quarantine(digest_id);

CREATE TABLE papers (
    id INTEGER PRIMARY KEY,
    arxiv_id TEXT UNIQUE,
    doi TEXT UNIQUE,
    title TEXT NOT NULL,
    abstract TEXT NOT NULL,
    title_as_printed TEXT,
    abstract_as_printed TEXT,
    url TEXT,
    authors TEXT NOT NULL DEFAULT '[]',
    categories TEXT NOT NULL DEFAULT '[]',
    published TEXT,
    upvotes INTEGER,
    summary TEXT NOT NULL,
    figures TEXT NOT NULL DEFAULT '[]',
    links TEXT NOT NULL DEFAULT '[]',
    areas TEXT NOT NULL DEFAULT '[]',
    areas_guessed INTEGER NOT NULL DEFAULT 0,
    first_seen TEXT NOT NULL
) STRICT;

CREATE INDEX papers_first_seen ON papers(first_seen);

CREATE INDEX papers_without_summary ON papers(id) WHERE summary = '' AND abstract <> '';

CREATE TABLE paper_tags (
    tag TEXT NOT NULL,
    paper_id INTEGER NOT NULL REFERENCES papers(id),
    place INTEGER NOT NULL,
    PRIMARY KEY (tag, paper_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX paper_tags_paper ON paper_tags(paper_id, place);

CREATE TABLE block_keys (
    key TEXT NOT NULL,
    paper_id INTEGER NOT NULL REFERENCES papers(id),
    PRIMARY KEY (key, paper_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sightings (
    id INTEGER PRIMARY KEY,
    digest_id INTEGER NOT NULL REFERENCES digests(id),
    paper_id INTEGER NOT NULL REFERENCES papers(id),
    line INTEGER NOT NULL,
    position INTEGER NOT NULL,
    title_as_printed TEXT,
    verdict TEXT NOT NULL,
    rule TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;

CREATE INDEX sightings_paper ON sightings(paper_id);

CREATE INDEX sightings_digest ON sightings(digest_id);

CREATE TABLE related (
    paper_id INTEGER NOT NULL REFERENCES papers(id),
    other_id INTEGER NOT NULL REFERENCES papers(id),
    rule TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (paper_id, other_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE channels (
    key TEXT PRIMARY KEY,
    platform TEXT NOT NULL,
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    time TEXT NOT NULL,
    max_papers INTEGER NOT NULL,
    quiet_line INTEGER NOT NULL,
    interests TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

CREATE TABLE posts (
    id INTEGER PRIMARY KEY,
    channel TEXT NOT NULL REFERENCES channels(key),
    local_date TEXT NOT NULL,
    header TEXT NOT NULL,
    thread_id TEXT,
    last_paper_id INTEGER NOT NULL,
    last_digest_id INTEGER NOT NULL,
    created TEXT NOT NULL,
    UNIQUE (channel, local_date)
) STRICT;

CREATE TABLE post_papers (
    channel TEXT NOT NULL,
    paper_id INTEGER NOT NULL REFERENCES papers(id),
    post_id INTEGER NOT NULL REFERENCES posts(id),
    place INTEGER NOT NULL,
    shown INTEGER NOT NULL,
    score TEXT NOT NULL,
    muted TEXT,
    PRIMARY KEY (channel, paper_id),
    UNIQUE (post_id, paper_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX post_papers_post ON post_papers(post_id, place);

CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    post_id INTEGER NOT NULL REFERENCES posts(id),
    part INTEGER NOT NULL,
    kind TEXT NOT NULL,
    paper_id INTEGER,
    nonce TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'sending', 'sent', 'rejected', 'failed', 'unknown')),
    unsure INTEGER NOT NULL DEFAULT 0,
    platform_id TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    claimed TEXT,
    not_before TEXT,
    sent TEXT,
    error TEXT,
    UNIQUE (post_id, part),
    UNIQUE (post_id, paper_id),
    FOREIGN KEY (post_id, paper_id) REFERENCES post_papers(post_id, paper_id),
    CHECK (state <> 'sent' OR platform_id IS NOT NULL)
) STRICT;

CREATE INDEX messages_open ON messages(post_id, part) WHERE state NOT IN ('sent', 'rejected');

CREATE INDEX messages_platform_id ON messages(platform_id);

CREATE INDEX messages_paper ON messages(paper_id);

CREATE TABLE bookmarks (
    person TEXT NOT NULL,
    paper_id INTEGER NOT NULL REFERENCES papers(id),
    created TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (person, paper_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX bookmarks_paper ON bookmarks(paper_id);

CREATE VIRTUAL TABLE papers_fts USING fts5(
    title, abstract, content='papers', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
)
"""


def m002_search(db: "Database") -> None:
    """Authors by name, and the words that the full text has."""
    for statement in _M002.split(";\n\n"):
        db.execute(statement)


_M002 = """
CREATE VIRTUAL TABLE papers_authors USING fts5(
    authors, content='papers', content_rowid='id', columnsize=0, tokenize='unicode61 remove_diacritics 2'
);

INSERT INTO papers_authors (papers_authors) VALUES ('rebuild');

CREATE VIRTUAL TABLE papers_terms USING fts5vocab(papers_fts, row)
"""


def m003_platforms(db: "Database") -> None:
    """Channels set up in a platform, and that rest; reactions; follows and the notices of them; people."""
    for statement in _M003.split(";\n\n"):
        db.execute(statement)


_M003 = """
ALTER TABLE channels ADD COLUMN server TEXT;

ALTER TABLE channels ADD COLUMN owner TEXT;

ALTER TABLE channels ADD COLUMN source TEXT NOT NULL DEFAULT 'settings' CHECK (source IN ('settings', 'setup'));

ALTER TABLE channels ADD COLUMN left_at TEXT;

ALTER TABLE channels ADD COLUMN broken TEXT;

ALTER TABLE channels ADD COLUMN rests_until TEXT;

CREATE TABLE reactions (
    message_id INTEGER NOT NULL REFERENCES messages(id),
    person TEXT NOT NULL,
    emoji TEXT NOT NULL,
    PRIMARY KEY (message_id, person, emoji)
) STRICT, WITHOUT ROWID;

CREATE INDEX reactions_person ON reactions(person);

CREATE TABLE follows (
    person TEXT NOT NULL,
    server TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('tag', 'phrase')),
    value TEXT NOT NULL,
    direct INTEGER NOT NULL,
    created TEXT NOT NULL,
    PRIMARY KEY (person, server, kind, value)
) STRICT, WITHOUT ROWID;

CREATE INDEX follows_server ON follows(server);

CREATE TABLE followed (
    post_id INTEGER NOT NULL REFERENCES posts(id),
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    paper_id INTEGER NOT NULL REFERENCES papers(id),
    PRIMARY KEY (post_id, kind, value, paper_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE notices (
    post_id INTEGER NOT NULL REFERENCES posts(id),
    person TEXT NOT NULL,
    nonce TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'sending', 'sent', 'rejected', 'failed', 'unknown')),
    attempts INTEGER NOT NULL DEFAULT 0,
    claimed TEXT,
    not_before TEXT,
    error TEXT,
    PRIMARY KEY (post_id, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX notices_open ON notices(post_id) WHERE state NOT IN ('sent', 'rejected');

CREATE INDEX notices_person ON notices(person);

CREATE TABLE people (
    person TEXT PRIMARY KEY,
    caught_up TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID
"""


def m004_scale(db: "Database") -> None:
    """What a long history is asked for, found without reading all of it: titles, days, counts, bookmarks by time."""
    for statement in _M004.split(";\n\n"):
        db.execute(statement)


_M004 = """
CREATE VIRTUAL TABLE papers_titles USING fts5(
    title, content='papers', content_rowid='id', columnsize=0, prefix='1 2 3',
    tokenize='unicode61 remove_diacritics 2'
);

INSERT INTO papers_titles (papers_titles) VALUES ('rebuild');

CREATE INDEX papers_code ON papers(id) WHERE instr(links, '"code ') > 0;

CREATE TABLE paper_days (
    paper_id INTEGER PRIMARY KEY REFERENCES papers(id),
    day TEXT NOT NULL
) STRICT;

INSERT INTO paper_days SELECT p.id, coalesce(
    p.published,
    (SELECT min(d.date) FROM sightings s JOIN digests d ON d.id = s.digest_id WHERE s.paper_id = p.id),
    substr(p.first_seen, 1, 10)
) FROM papers p;

CREATE INDEX paper_days_day ON paper_days(day);

CREATE TRIGGER paper_days_admitted AFTER INSERT ON papers BEGIN
    INSERT INTO paper_days VALUES (new.id, coalesce(new.published, substr(new.first_seen, 1, 10)));
END;

CREATE TRIGGER paper_days_published AFTER UPDATE OF published ON papers WHEN new.published IS NOT old.published BEGIN
    UPDATE paper_days SET day = coalesce(
        new.published,
        (SELECT min(d.date) FROM sightings s JOIN digests d ON d.id = s.digest_id WHERE s.paper_id = new.id),
        substr(new.first_seen, 1, 10)
    ) WHERE paper_id = new.id;
END;

CREATE TRIGGER paper_days_seen AFTER INSERT ON sightings BEGIN
    UPDATE paper_days SET day = (
        SELECT coalesce(p.published, min(d.date), substr(p.first_seen, 1, 10))
        FROM papers p, sightings s JOIN digests d ON d.id = s.digest_id
        WHERE p.id = new.paper_id AND s.paper_id = new.paper_id
    ) WHERE paper_id = new.paper_id;
END;

CREATE TABLE tag_counts (
    tag TEXT PRIMARY KEY,
    papers INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO tag_counts SELECT tag, count(*) FROM paper_tags GROUP BY tag;

CREATE TRIGGER tag_counts_added AFTER INSERT ON paper_tags BEGIN
    INSERT INTO tag_counts VALUES (new.tag, 1) ON CONFLICT (tag) DO UPDATE SET papers = papers + 1;
END;

CREATE TRIGGER tag_counts_removed AFTER DELETE ON paper_tags BEGIN
    UPDATE tag_counts SET papers = papers - 1 WHERE tag = old.tag;
END;

CREATE TABLE bookmark_counts (
    paper_id INTEGER PRIMARY KEY REFERENCES papers(id),
    people INTEGER NOT NULL
) STRICT;

INSERT INTO bookmark_counts SELECT paper_id, count(*) FROM bookmarks GROUP BY paper_id;

CREATE INDEX bookmark_counts_people ON bookmark_counts(people);

CREATE TRIGGER bookmark_counts_added AFTER INSERT ON bookmarks BEGIN
    INSERT INTO bookmark_counts VALUES (new.paper_id, 1) ON CONFLICT (paper_id) DO UPDATE SET people = people + 1;
END;

CREATE TRIGGER bookmark_counts_removed AFTER DELETE ON bookmarks BEGIN
    UPDATE bookmark_counts SET people = people - 1 WHERE paper_id = old.paper_id;
END;

CREATE INDEX bookmarks_created ON bookmarks(created, paper_id);

CREATE INDEX bookmarks_person ON bookmarks(person, created, paper_id)
"""


def m005_people(db: "Database") -> None:
    """A person catches up with each server by itself."""
    for statement in _M005.split(";\n\n"):
        db.execute(statement)


_M005 = """
DROP TABLE people;

CREATE TABLE people (
    person TEXT NOT NULL,
    server TEXT NOT NULL,
    caught_up TEXT NOT NULL,
    PRIMARY KEY (person, server)
) STRICT, WITHOUT ROWID
"""


def m006_no_triggers(db: "Database") -> None:
    """Days and tags are counted by the verbs: a trigger opens a savepoint, which makes FTS5 write out every paper."""
    for statement in _M006.split(";\n\n"):
        db.execute(statement)


_M006 = """
DROP TRIGGER paper_days_admitted;

DROP TRIGGER paper_days_published;

DROP TRIGGER paper_days_seen;

DROP TRIGGER tag_counts_added;

DROP TRIGGER tag_counts_removed
"""


def m007_looking_back(db: "Database") -> None:
    """Where a digest came from, and how many papers of each month have each tag."""
    for statement in _M007.split(";\n\n"):
        db.execute(statement)


_M007 = """
ALTER TABLE digests ADD COLUMN origin TEXT NOT NULL DEFAULT 'digest'
    CHECK (origin IN ('digest', 'library', 'export'));

CREATE TABLE tag_months (
    month TEXT NOT NULL,
    tag TEXT NOT NULL,
    papers INTEGER NOT NULL,
    PRIMARY KEY (month, tag)
) STRICT, WITHOUT ROWID;

CREATE VIEW paper_months AS
SELECT s.paper_id, substr(coalesce(d.date, d.read_at), 1, 7) AS month
FROM sightings s JOIN digests d ON d.id = s.digest_id
WHERE d.origin <> 'library'
AND NOT EXISTS (SELECT 1 FROM sightings e WHERE e.paper_id = s.paper_id AND e.id < s.id);

INSERT INTO tag_months
SELECT m.month, t.tag, count(*) FROM paper_months m JOIN paper_tags t ON t.paper_id = m.paper_id
GROUP BY m.month, t.tag
"""


def m008_vectors(db: "Database") -> None:
    """What a paper's text means, as a vector of one encoder's."""
    for statement in _M008.split(";\n\n"):
        db.execute(statement)


_M008 = """
CREATE TABLE paper_vectors (
    paper_id INTEGER PRIMARY KEY REFERENCES papers (id) ON DELETE CASCADE,
    encoder TEXT NOT NULL,
    vector BLOB NOT NULL
) STRICT;

CREATE INDEX paper_vectors_encoder ON paper_vectors (encoder)
"""


def m009_super_reactions(db: "Database") -> None:
    """A person can react with the same emoji in both ways, and take one back."""
    for statement in _M009.split(";\n\n"):
        db.execute(statement)


_M009 = """
ALTER TABLE reactions RENAME TO reactions_before;

CREATE TABLE reactions (
    message_id INTEGER NOT NULL REFERENCES messages(id),
    person TEXT NOT NULL,
    emoji TEXT NOT NULL,
    burst INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (message_id, person, emoji, burst)
) STRICT, WITHOUT ROWID;

INSERT INTO reactions (message_id, person, emoji) SELECT message_id, person, emoji FROM reactions_before;

DROP TABLE reactions_before;

CREATE INDEX reactions_person ON reactions(person)
"""


def m010_kept_since(db: "Database") -> None:
    """How many people kept a paper since a time is counted in an index."""
    for statement in _M010.split(";\n\n"):
        db.execute(statement)


_M010 = """
DROP INDEX bookmarks_paper;

CREATE INDEX bookmarks_paper ON bookmarks(paper_id, created)
"""


def m011_titles(db: "Database") -> None:
    """How each title begins, by blocks of papers, and its words, folded here and not by FTS5's tokenizer."""
    import re
    import unicodedata

    def words(text: str) -> str:
        if text.isascii():
            return " ".join(re.findall("[a-z0-9]+", text.lower()))
        letters = unicodedata.normalize("NFKD", text)
        folded = "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
        return " ".join(re.findall(r"[^\W_]+", folded))

    def beginnings(title: str, text: str) -> list[str]:
        head, colon, _ = title.partition(":")
        name = words(head) if colon else text
        return [text[:32], f":{name}"] if name and " " not in name and len(name) < 32 else [text[:32]]

    for statement in _M011.split(";\n\n"):
        db.execute(statement)
    last = db.execute("SELECT coalesce(max(id), 0) FROM papers").fetchone()[0]
    for block in range((last >> 16) + 1):
        rows = db.execute(
            "SELECT id, title FROM papers WHERE id >= ? AND id < ? ORDER BY id",
            (block << 16, (block + 1) << 16),
        )
        folded = [(paper_id, title, words(title)) for paper_id, title in rows]
        begun = [
            (block, begins, paper_id, len(title))
            for paper_id, title, text in folded
            for begins in beginnings(title, text)
        ]
        db.conn.executemany(
            "INSERT INTO title_words (rowid, words) VALUES (?, ?)",
            ((paper_id, text) for paper_id, _, text in folded),
        )
        db.conn.executemany("INSERT INTO title_beginnings VALUES (?, ?, ?, ?)", sorted(begun))


_M011 = """
DROP TABLE papers_titles;

CREATE VIRTUAL TABLE title_words USING fts5(
    words, content='', columnsize=0, detail=none, prefix='1 2 3', tokenize='ascii'
);

INSERT INTO title_words (title_words, rank) VALUES ('pgsz', 1000);

CREATE TABLE title_beginnings (
    block INTEGER NOT NULL,
    begins TEXT NOT NULL,
    paper_id INTEGER NOT NULL,
    letters INTEGER NOT NULL,
    PRIMARY KEY (block, begins, paper_id)
) STRICT, WITHOUT ROWID
"""


def m012_postings(db: "Database") -> None:
    """Which papers have the words that many papers have."""
    for statement in _M012.split(";\n\n"):
        db.execute(statement)


_M012 = """
CREATE TABLE postings (
    stem TEXT NOT NULL,
    telling INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    count INTEGER NOT NULL,
    papers BLOB NOT NULL,
    PRIMARY KEY (stem, telling, chunk)
) STRICT;

CREATE INDEX postings_count ON postings(telling, stem, count)
"""


def m013_merging(db: "Database") -> None:
    """Titles and authors are written more often than they are looked up: fewer merges at each paper."""
    for statement in _M013.split(";\n\n"):
        db.execute(statement)


_M013 = """
INSERT INTO title_words (title_words, rank) VALUES ('automerge', 16);

INSERT INTO papers_authors (papers_authors, rank) VALUES ('automerge', 16)
"""

MIGRATIONS: tuple[Callable[["Database"], None], ...] = (
    m001_history,
    m002_search,
    m003_platforms,
    m004_scale,
    m005_people,
    m006_no_triggers,
    m007_looking_back,
    m008_vectors,
    m009_super_reactions,
    m010_kept_since,
    m011_titles,
    m012_postings,
    m013_merging,
)
"""Every step, oldest first; the function's name is what the database remembers."""


def applied(db: Connection) -> set[str]:
    """The names of the steps that this database has had."""
    try:
        rows = db.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ?", (SET,)).fetchall()
    except OperationalError as error:
        if "no such table" in str(error):
            return set()
        raise
    return {row["name"] for row in rows}


def is_foreign(db: Connection) -> bool:
    """Whether this is some other program's database: it has tables, and none of our steps."""
    others = db.execute(
        "SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
        "AND tbl_name <> '_sqlite_migrations'"
    ).fetchone()[0]
    return others > 0 and not applied(db)


def unknown(db: Connection) -> list[str]:
    """Steps that this database has had and this version does not know: it was written by a newer one."""
    return sorted(applied(db) - {step.__name__ for step in MIGRATIONS})


def pending(db: Connection) -> list[str]:
    """Steps that this database has yet to take, oldest first."""
    done = applied(db)
    return [step.__name__ for step in MIGRATIONS if step.__name__ not in done]


def apply(db: Connection) -> None:
    """Take every pending step, each in a transaction of its own with its record."""
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    steps = Migrations(SET)
    for step in MIGRATIONS:
        steps()(step)
    steps.apply(Database(db, execute_plugins=False))
