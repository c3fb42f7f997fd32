from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.discord import answers
from bot.chat.discord.answers import KEPT_ID, PAGE, PAGE_ID, message_link, query_of
from bot.chat.discord.limits import faults
from bot.chat.discord.render import Rendered
from bot.library import Found, Kept, Why
from bot.models import (
    Bookmark,
    Brief,
    Channel,
    Decision,
    Header,
    Hit,
    Link,
    Message,
    Paper,
    Pick,
    Placement,
    Post,
    Sighting,
    State,
)
from tests.unit.chat.discord.markup import huge
from tests.unit.chat.discord.test_render import PAGE as PAPER_PAGE
from tests.unit.chat.discord.test_render import brief, briefs

WHEN = datetime(2026, 11, 20, 9, tzinfo=UTC)
HERE = Channel("discord:70", "discord", "70", "papers", "UTC", time(9), server="7")
THERE = replace(HERE, key="discord:80", address="80", name="secret", server="8")
DAY = date(2026, 11, 20)


def placement(channel: Channel = HERE, *, shown: bool = True, muted: str | None = None) -> Placement:
    """A paper's place in a post of that channel."""
    post = Post(1, channel.key, DAY, Header(DAY, 1, 1, 0, 1, 0), "71", WHEN)
    sent = Message(2, 1, channel.key, 3, "paper", 5, "n", State.SENT, "72")
    return Placement(
        channel, post, Pick(5, 2, shown, (("tags", 1.5), ("fresh", 0.0)), muted), sent if shown else None
    )


def hit(
    one: Brief | None = None, *placements: Placement, snippet: str = "‹Prunes› heads", count: int = 3
) -> Hit:
    """A paper that a search found."""
    return Hit(one or brief(), snippet, count, placements)


def text_of(rendered: Rendered) -> str:
    """The description of its only embed."""
    (embed,) = rendered.embeds
    return embed.description or ""


def numbered(count: int) -> list[Brief]:
    """As many briefs, each of its own paper."""
    return [brief(f"Paper {at}", paper_id=at) for at in range(1, count + 1)]


def found(count: int, total: int) -> Found:
    """A page of hits."""
    return Found([hit(one) for one in numbered(count)], total)


def test_a_hit_shows_why_it_was_found_and_leads_to_the_paper_and_its_message() -> None:
    """Title, words found, tags, when and where it was posted, who keeps it; a button keeps it."""
    rendered = answers.hits("prunes", Found([hit(None, placement())], 1), page=1, last_id=9, server="7")
    assert rendered.embeds[0].title == "1 paper for “prunes”"
    assert text_of(rendered).splitlines() == [
        f"**1. [Lean Attention]({PAPER_PAGE})**",
        "**Prunes** heads",
        "-# `pruning` `transformers` · <t:1795165200:D> in "
        "[#papers](https://discord.com/channels/7/71/72) · 🔖 3",
    ]
    assert [(one.label, one.custom_id) for one in rendered.buttons] == [("1", "bookmark:5")]


def test_what_was_posted_elsewhere_is_not_told() -> None:
    """Another server's channels are its own affair, and so is a channel that mutes the paper."""
    for elsewhere in (placement(THERE), placement(muted="heads")):
        rendered = answers.hits("x", Found([hit(None, elsewhere)], 1), page=1, last_id=9, server="7")
        assert "secret" not in text_of(rendered)
        assert "channels" not in text_of(rendered)
    assert "channels" not in text_of(
        answers.hits("x", Found([hit(None, placement())], 1), page=1, last_id=9, server=None)
    )


@pytest.mark.parametrize(("page", "disabled"), [(1, (True, False)), (2, (False, False)), (3, (False, True))])
def test_pages_are_turned_by_buttons_that_know_where_they_lead(
    page: int, disabled: tuple[bool, bool]
) -> None:
    """All that a press needs is in the message itself, so it works after a restart."""
    rendered = answers.hits("a b", found(5, 12), page=page, last_id=99, server="7")
    previous, following = rendered.buttons[-2:]
    assert (previous.disabled, following.disabled) == disabled
    assert (previous.custom_id, following.custom_id) == (f"page:{page - 1}:99", f"page:{page + 1}:99")
    asked = PAGE_ID.fullmatch(following.custom_id or "")
    assert asked is not None
    assert (int(asked["page"]), int(asked["last_id"])) == (page + 1, 99)
    assert query_of(rendered.embeds[0]) == "a b"
    assert rendered.embeds[0].footer.text == f"Page {page} of 3 · a b"
    assert text_of(rendered).startswith(f"**{page * 5 - 4}. ")
    assert [one.label for one in rendered.buttons[:5]] == [
        str(at) for at in range(page * 5 - 4, page * 5 + 1)
    ]


def test_one_page_needs_no_turning() -> None:
    """Nor does an answer without a paper need an embed."""
    assert len(answers.hits("x", found(2, 2), page=1, last_id=9, server=None).buttons) == 2
    empty = answers.hits("*x*", Found([], 0), page=1, last_id=9, server=None)
    assert empty.content == r"Nothing found for “\*x\*”. Try fewer or other words."
    assert empty.embeds == ()
    assert answers.hits("x", Found([], 0), page=4, last_id=9, server=None).content == "No more papers."


def test_a_search_that_was_not_finished_says_so() -> None:
    """More pages may be asked for than are counted."""
    rendered = answers.hits(
        "x", replace(found(5, 10), more=True, cut_short=True), page=2, last_id=9, server=None
    )
    assert rendered.embeds[0].title == "More than 10 papers for “x”"
    assert "took too long" in text_of(rendered)
    assert not rendered.buttons[-1].disabled
    assert query_of(rendered.embeds[0]) == "x"


@settings(deadline=None, max_examples=20)
@given(
    st.lists(st.tuples(briefs, huge), min_size=1, max_size=PAGE), huge, st.integers(1, 10**6), st.booleans()
)
def test_any_page_of_hits_fits_whole(
    some: list[tuple[Brief, str]], query: str, page: int, more: bool
) -> None:
    """Five papers are shown on a page of five, whatever they bring, and the query comes back as it was made."""
    all_hits = [
        replace(hit(replace(one, paper=replace(one.paper, id=at)), placement()), snippet=snippet)
        for at, (one, snippet) in enumerate(some)
    ]
    rendered = answers.hits(query, Found(all_hits, 10**9, more), page=page, last_id=2**63 - 1, server="7")
    assert faults(rendered) == ()
    for place in range(len(some)):
        assert f"**{(page - 1) * PAGE + 1 + place}. " in text_of(rendered)
    again = answers.hits(
        query_of(rendered.embeds[0]), Found(all_hits, 10**9), page=page, last_id=1, server="7"
    )
    assert query_of(again.embeds[0]) == query_of(rendered.embeds[0])


def test_five_papers_of_the_greatest_length_fit_on_a_page() -> None:
    """Each with its title, its sentence and its small print."""
    page = Link("paper", f"https://a.bc/{'x' * 180}")
    long = [
        brief("t" * 300, "s" * 900, ["a" * 20, "b" * 20], links=[page], paper_id=at) for at in range(1, 6)
    ]
    here = placement(replace(HERE, name="n" * 100, address="1" * 19, server="7" * 19))
    all_hits = [hit(one, here, snippet="‹s› " * 300, count=10**6) for one in long]
    text = text_of(answers.hits("q" * 2000, Found(all_hits, 9), page=9999, last_id=1, server="7" * 19))
    assert text.count("xxx)**") == text.count("**s**…") == text.count("🔖 1,000,000") == 5


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(briefs, huge), max_size=12), huge)
def test_any_other_list_fits(some: list[tuple[Brief, str]], text: str) -> None:
    """Bookmarks, rankings and plain sentences."""
    unique = [(replace(one, paper=replace(one.paper, id=at)), note) for at, (one, note) in enumerate(some)]
    keepings = [Kept(Bookmark("discord:1", at, WHEN, note), one) for at, (one, note) in enumerate(unique)]
    assert faults(answers.kept(keepings[:PAGE], page=2, total=40)) == ()
    assert faults(answers.ranked(text, [(one, 10**6) for one, _ in unique], text)) == ()
    assert faults(answers.said(text)) == ()
    assert faults(answers.help([(text, text)] * len(unique))) == ()


@settings(deadline=None, max_examples=20)
@given(briefs, huge, st.integers(0, 8))
def test_any_paper_and_its_story_fit(one: Brief, text: str, count: int) -> None:
    """Whatever its digests printed, and however often."""
    about = replace(one, paper=replace(one.paper, abstract=text, authors=(text,) * count, doi=text))
    channel = replace(HERE, name=text[:200] or "x")
    places = tuple(placement(channel, muted=text if at % 2 else None) for at in range(count))
    seen = tuple(
        Sighting(5, text, None, WHEN, 1, 1, text, Decision("same", "title", text)) for _ in range(count)
    )
    story = Why(
        about, seen, ((one, Decision("related", "title", text)),) * count, places, (channel,) * count, 3
    )
    assert faults(answers.paper(about, places, count, kept=True, server="7")) == ()
    assert faults(answers.why(story, server="7")) == ()


def test_a_paper_is_shown_with_all_that_is_known() -> None:
    """Authors, sentence, figures, abstract, tags, where it was posted; the button drops what is kept."""
    about = Paper(
        "Lean Attention", "Heads are cut.", "", "", arxiv_id="2401.00001", authors=("A. Lovelace",), id=5,
        published=DAY,
    )  # fmt: skip
    one = replace(brief(), paper=about)
    rendered = answers.paper(one, [placement()], 3, kept=True, server="7")
    assert text_of(rendered).splitlines() == [
        "-# A. Lovelace",
        "Prunes heads while it trains.",
        "**44% fewer FLOPs** · **2.1× throughput**",
        "> Heads are cut.",
        "-# `pruning` `transformers`  cs.LG",
        "-# <t:1795165200:D> in [#papers](https://discord.com/channels/7/71/72) · 🔖 3 (you too)",
    ]
    assert rendered.embeds[0].footer.text == "Paper 5 · arXiv 2401.00001 · published Friday, 20 November 2026"
    assert [one.label for one in rendered.buttons] == ["Drop bookmark", "Paper", "Code"]
    again = answers.paper(one, [], 0, kept=False, server="7")
    assert again.buttons[0].label == "Bookmark"
    assert "🔖" not in text_of(again)


def test_bookmarks_come_with_their_notes() -> None:
    """A page of them, with buttons to drop each and to turn the page."""
    some = [Kept(Bookmark("discord:1", 5, WHEN, "read *this*"), brief())]
    rendered = answers.kept(some, page=2, total=6)
    assert text_of(rendered).splitlines() == [
        f"**6. [Lean Attention]({PAPER_PAGE})**",
        r"📝 read \*this\*",
        "Prunes heads while it trains.",
        "-# `pruning` `transformers` · kept <t:1795165200:D>",
    ]
    assert [one.custom_id for one in rendered.buttons] == ["bookmark:5", "kept:1", "kept:3"]
    assert KEPT_ID.fullmatch("kept:3")
    assert [one.disabled for one in rendered.buttons] == [False, False, True]
    assert rendered.embeds[0].footer.text == "Page 2 of 2"
    assert query_of(rendered.embeds[0]) == ""
    assert "No bookmarks yet." in answers.kept([], page=1, total=0).content


def test_a_ranking_says_how_many_more_there_are() -> None:
    """Ten papers at most, each with a button; without any, a sentence."""
    rendered = answers.ranked("Most kept this week", [(one, 2) for one in numbered(30)], "")
    assert text_of(rendered).count("Prunes heads") == 10
    assert text_of(rendered).endswith("-# … and 20 more papers")
    assert [one.row for one in rendered.buttons] == [0] * 5 + [1] * 5
    assert answers.ranked("x", [], "Nobody kept a paper yet.").content == "Nobody kept a paper yet."


def test_a_ranking_has_a_button_for_each_paper_that_it_shows() -> None:
    """What does not fit is counted, and has none."""
    link = Link("paper", f"https://a.bc/{'x' * 180}")
    long = [(replace(brief("t" * 200, "s" * 400, links=[link], paper_id=at)), 1) for at in range(10)]
    rendered = answers.ranked("Top", long, "")
    shown = text_of(rendered).count("ttt…")
    assert 5 <= shown < 10
    assert len(rendered.buttons) == shown
    assert f"… and {10 - shown} more papers" in text_of(rendered)


def test_why_tells_digests_relatives_and_what_became_of_it_here() -> None:
    """In words that a person can check."""
    seen = Sighting(
        5, "a.txt", DAY, WHEN, 12, 1, "LEAN attention", Decision("same", "title", "the same title")
    )
    other = (brief("Lean Attention 2", paper_id=6), Decision("related", "near-title", "a later version"))
    told = Why(
        brief(), (seen,) * 7, (other,),
        (placement(), placement(shown=False), placement(muted="heads"), placement(THERE)),
        (replace(HERE, name="later"), replace(THERE, name="hidden")), 1,
    )  # fmt: skip
    lines = text_of(answers.why(told, server="7")).splitlines()
    where = "[#papers](https://discord.com/channels/7/71{}), <t:1795165200:D>"
    assert lines[1] == "- `a.txt` of 2026-11-20, line 12: the same title"
    assert "- and 2 more times" in lines
    assert f"- [Lean Attention 2]({PAPER_PAGE}): a later version" in lines
    assert f"- {where.format('/72')}: place 3 (tags +1.50)" in lines
    assert f"- {where.format('')}: place 3, named in the closing message (tags +1.50)" in lines
    assert "- #later: waits for the next post" in lines
    assert any("“heads” is muted there" in line for line in lines)
    assert lines[-1] == "Kept by 1 person"
    assert "secret" not in "".join(lines)
    assert "hidden" not in "".join(lines)


def test_help_names_each_command_and_what_a_search_understands() -> None:
    """A stranger finds out by reading it once."""
    text = text_of(answers.help([("search", "Find papers"), ("today", "Today's post")]))
    assert text.startswith("`/search` Find papers\n`/today` Today's post")
    assert '`"flow matching"`' in text


def test_a_sentence_is_shown_as_it_is() -> None:
    """Whatever a title in it holds."""
    assert answers.said("Kept: **x** @everyone").content == r"Kept: \*\*x\*\* " + "@\u200beveryone"


def address(of: Placement) -> str | None:
    """Where a paper's message is, or the thread that names it."""
    return message_link(of.channel, of.post, of.message)


def test_a_message_link_is_an_address() -> None:
    """Of the message in its thread, else the thread; there is none outside Discord."""
    assert address(placement()) == "https://discord.com/channels/7/71/72"
    assert address(placement(shown=False)) == "https://discord.com/channels/7/71"
    unopened = placement(shown=False)
    assert address(replace(unopened, post=replace(unopened.post, thread_id=None))) is None
    assert address(placement(replace(HERE, platform="web"))) is None
    assert address(placement(replace(HERE, server=None))) is None
