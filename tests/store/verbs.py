"""Every public verb, with arguments that do something on the history that ``samples.fill`` makes."""

import inspect
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from sqlite3 import Connection

from bot.models import Bookmark, Decision, Follow, Match, Notice, Receipt, State, Unreadable
from bot.store import (
    bookmarks,
    channels,
    completion,
    digests,
    export,
    facts,
    follows,
    health,
    history,
    likeness,
    outbox,
    papers,
    people,
    postings,
    privacy,
    reactions,
    restore,
    search,
    vectors,
)
from tests.store import samples
from tests.store.samples import CHANNEL, NOW, OTHER, TODAY

NOUNS = (
    bookmarks,
    channels,
    completion,
    digests,
    facts,
    export,
    follows,
    health,
    history,
    likeness,
    outbox,
    papers,
    people,
    postings,
    privacy,
    reactions,
    restore,
    search,
    vectors,
)

NONE = b"\1" + zlib.compress(b"")
"""A set of no papers, as it is kept."""


@dataclass(frozen=True)
class Call:
    """A verb with its arguments."""

    name: str
    run: Callable[[Connection], object]


def _call(verb: Callable[..., object], *args: object, **kwargs: object) -> Call:
    module = inspect.getmodule(verb)
    assert module is not None
    name = f"{module.__name__.rpartition('.')[2]}.{verb.__name__}"
    return Call(name, lambda db: verb(db, *args, **kwargs))


LAB = replace(CHANNEL, key="discord:5", platform="discord", address="5", name="lab", server="77")
LIBRARY = replace(LAB, key="discord:6", address="6", name="library")
ATTIC = replace(LAB, key="discord:7", address="7", name="attic", server="88")
"""Channels of two servers, of which the second was left."""

FOLLOW = Follow("discord:1", "77", "tag", "pruning", True, NOW)
NOTICE = Notice(1, "discord:1", "notice-1", State.PENDING)


def _text(number: int) -> str:
    paper = samples.brief(number).paper
    return f"{paper.title} {paper.abstract}"


MESSAGE = 2
"""A message of the post that ``samples.fill`` makes, which is claimed before ``WRITES``."""

READS = (
    _call(bookmarks.of, "web:ada"),
    _call(bookmarks.count, "web:ada"),
    _call(bookmarks.complete, "web:ada", "frugal", 10),
    _call(bookmarks.counts, [1, 2]),
    _call(bookmarks.top, None, 10),
    _call(bookmarks.kept_by, "web:ada", [1, 2]),
    _call(channels.active),
    _call(channels.from_setup),
    _call(channels.of_server, "discord", "77"),
    _call(channels.get, CHANNEL.key),
    _call(channels.named, [CHANNEL.key]),
    _call(channels.resting, NOW),
    _call(channels.broken),
    _call(completion.papers, "frugal att", 10),
    _call(completion.tags, "pru", 10),
    _call(digests.receipt, "sha-a.txt"),
    _call(digests.quarantined, "sha-a.txt"),
    _call(digests.since_post, CHANNEL.key, NOW),
    _call(digests.last_id),
    _call(digests.latest, 10),
    _call(facts.get, "tide"),
    _call(follows.of, FOLLOW.person),
    _call(follows.of_server, FOLLOW.server),
    _call(follows.followed, 1),
    _call(follows.open_notices, CHANNEL.key, NOW),
    _call(export.size),
    _call(export.each, lambda kind, facts: None),
    _call(health.faults),
    _call(health.size),
    _call(history.read_by_day),
    _call(history.posted_by_day, CHANNEL.key),
    _call(history.kept_by_day),
    _call(history.tag_months, TODAY),
    _call(history.tag_keeping, TODAY),
    _call(history.tags),
    _call(history.tag_count, "pruning"),
    _call(history.with_tag, "pruning", 10),
    _call(likeness.similar, 1, 10),
    _call(outbox.post_of_day, CHANNEL.key, TODAY),
    _call(outbox.post, 1),
    _call(outbox.posts, CHANNEL.key, 10),
    _call(outbox.sent_posts, CHANNEL.key, 10),
    _call(outbox.arrived, [CHANNEL.key], NOW),
    _call(outbox.posted_dates, CHANNEL.key),
    _call(outbox.picks, 1),
    _call(outbox.last_shown, CHANNEL.key, 10),
    _call(outbox.messages, 1),
    _call(outbox.open_posts, CHANNEL.key),
    _call(outbox.message, 1),
    _call(outbox.message_of_platform, CHANNEL.platform, "m1"),
    _call(outbox.states),
    _call(outbox.rejected),
    _call(outbox.placements, [1, 2]),
    _call(papers.candidates, samples.paper(1), samples.keys(1)),
    _call(papers.related, 1),
    _call(papers.sightings, 1),
    _call(papers.paper, 1),
    _call(papers.briefs, [1, 2]),
    _call(papers.titles, [1, 2]),
    _call(papers.tags, 1),
    _call(papers.fresh, CHANNEL.key, NOW),
    _call(papers.already_seen, 1),
    _call(papers.count),
    _call(papers.last_id),
    _call(papers.by_identifier, "2503.00001"),
    _call(papers.by_title, samples.keys(1)[0]),
    _call(people.caught_up, "discord:ada", "77"),
    _call(privacy.about, FOLLOW.person),
    _call(reactions.people, 1, "🔖"),
    _call(reactions.holds, FOLLOW.person, 1, "discord"),
    _call(reactions.recent, "discord", "🔖", NOW, 10),
    _call(postings.upto),
    _call(postings.counts, ["attent"]),
    _call(postings.next_step),
    _call(postings.read, {"attent": '"attention"'}, 2),
    _call(search.search, "frugal attention", 10),
    _call(vectors.missing, "static", 10),
    _call(vectors.of, "static", [1, 2]),
    _call(vectors.count, "static"),
)

WRITES = (
    _call(facts.put, "tide", "low"),
    _call(reactions.add, 1, "discord:2", "🔖"),
    _call(reactions.remove, 1, FOLLOW.person, "🔖"),
    _call(reactions.clear, 1),
    _call(bookmarks.add, Bookmark("web:ada", 1, NOW)),
    _call(bookmarks.note, "web:ada", 2, "read again"),
    _call(bookmarks.remove, "web:ada", 2),
    _call(channels.sync, [OTHER]),
    _call(channels.set_up, LAB),
    _call(channels.take_down, LIBRARY.key),
    _call(channels.break_, CHANNEL.key, "403", NOW),
    _call(channels.mend, LIBRARY.key),
    _call(channels.place, CHANNEL.key, "77"),
    _call(channels.leave, "discord", "77", NOW),
    _call(channels.come_back, "discord", "88"),
    _call(channels.forget_left, samples.later(days=1)),
    _call(digests.record, "sha-c.txt", "c.txt", NOW),
    _call(digests.finish, 1, Receipt("a.txt", 9, 9, 0, 0)),
    _call(digests.forget_failure, "sha-broken.txt"),
    _call(digests.make_library, "sha-a.txt"),
    _call(digests.quarantine, 1, [Unreadable(7, "no abstract", "A Title")]),
    _call(follows.add, replace(FOLLOW, value="kites")),
    _call(follows.remove, FOLLOW.person, FOLLOW.server, FOLLOW.value),
    _call(follows.record, 1, [Match("phrase", "sparse", ((1, "Sparse"),))], [("discord:2", "notice-2")]),
    _call(follows.claim_notice, NOTICE, NOW),
    _call(follows.record_notice, NOTICE, State.FAILED, "busy", NOW),
    Call("outbox.insert_post", partial(samples.insert, ids=[4, 5, 6], channel=OTHER)),
    _call(outbox.disown, CHANNEL.key),
    _call(outbox.claim, 1, NOW),
    _call(outbox.record_sent, MESSAGE, "m2", NOW),
    _call(outbox.record_unsent, 3, State.FAILED, "busy", NOW),
    _call(outbox.give_up, 1, "locked"),
    _call(outbox.record_thread, 1, "t1"),
    _call(outbox.retry, 1),
    _call(restore.channel, samples.EXPORTED_CHANNEL),
    _call(restore.post, samples.EXPORTED_POST, {7: 1}),
    _call(papers.admit, samples.brief(9), samples.keys(9), NOW),
    _call(papers.index),
    _call(papers.upgrade, samples.stored(9, 1), samples.keys(9)),
    _call(papers.record_sighting, 1, samples.sighting(1, "a.txt")),
    _call(papers.relate, 1, 2, Decision("related", "near-title", "an extension")),
    _call(papers.keep_summaries, 5),
    _call(people.catch_up, "discord:ada", "77", NOW),
    _call(privacy.forget, FOLLOW.person),
    _call(postings.add, postings.Step(2, 4, None, {("head", 0, 0): (0, NONE)})),
    _call(postings.change, 1, ("Attention", ""), ("Heads", "")),
    _call(vectors.put, "static", {1: (_text(1), b"1")}),
)


def prepare(db: Connection) -> None:
    """``samples.fill``, and for every one of ``WRITES`` something to change."""
    samples.fill(db)
    postings.add(db, postings.Step(0, 2, None, {("attent", 0, 0): (0, NONE)}))
    bookmarks.add(db, Bookmark("web:ada", 2, NOW))
    follows.add(db, FOLLOW)
    follows.record(db, 1, [Match("tag", "pruning", ((1, "Sparse"),))], [(NOTICE.person, NOTICE.nonce)])
    channels.set_up(db, LIBRARY)
    channels.break_(db, LIBRARY.key, "404", NOW)
    channels.set_up(db, ATTIC)
    channels.leave(db, "discord", "88", NOW)
    broken = digests.record(db, "sha-broken.txt", "broken.txt", NOW)
    digests.quarantine(db, broken, [Unreadable(1, "not text", "\\x00")])
    digests.finish(db, broken, Receipt("broken.txt", 0, 0, 0, 1, error="not a digest"))
    outbox.claim(db, MESSAGE, NOW)
    reactions.add(db, 1, FOLLOW.person, "🔖")
    outbox.record_unsent(db, 4, State.REJECTED, "too long")
    papers.admit(db, replace(samples.brief(8), summary=""), samples.keys(8), NOW)
    papers.admit(db, samples.brief(10), samples.keys(10), NOW, indexed=False)


def public() -> set[str]:
    """The names of all public verbs, as ``noun.verb``."""
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in NOUNS
        for name, member in inspect.getmembers(module, inspect.isfunction)
        if member.__module__ == module.__name__ and not name.startswith("_")
    }
