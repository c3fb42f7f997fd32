"""Everything that a history knows, record by record."""

import json

from bot.models import Bookmark
from bot.store import Connection, bookmarks, export
from tests.store import samples
from tests.store.samples import NOW


def test_every_record_is_given_and_is_json(db: Connection) -> None:
    """What others refer to comes first, all of it can be written as JSON, and the count is right."""
    samples.fill(db)
    bookmarks.add(db, Bookmark("web:ada", 1, NOW, "read again", "web"))
    given: list[tuple[str, export.Facts]] = []
    export.each(db, lambda kind, facts: given.append((kind, json.loads(json.dumps(facts)))))
    assert [kind for kind, _ in given] == ["channel"] * 2 + ["digest"] * 2 + ["paper"] * 6 + [
        "post",
        "bookmark",
    ]
    assert len(given) == export.size(db)
    paper = given[4][1]
    assert (paper["title_as_printed"], paper["tags"]) == (samples.paper(1).title, ["pruning", "attention"])
    assert (
        [one["digest"] for one in paper["sightings"]] == ["sha-a.txt"]
        if isinstance(paper["sightings"], list)
        else 0
    )
    assert given[-1][1]["note"] == "read again"
