from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.chat.discord.limits import THREAD_NAME, faults
from bot.chat.discord.render import (
    GREY,
    Button,
    Rendered,
    colour_of,
    marker_of,
    message,
    notice,
    thread_name,
    view_of,
)
from bot.models import (
    Brief,
    Channel,
    Closing,
    Content,
    Followed,
    Header,
    Link,
    Match,
    Message,
    Paper,
    Post,
    State,
)
from tests.unit.chat.discord.markup import huge, nasty

MARKER = "abcdefghijklmnopqrstuvw2"
HEADER = Header(
    date(2026, 11, 20), 40, 28, 12, 20, 8, (("pruning", 8), ("speech", 5)), ("2026-11-20.txt", "more.jsonl")
)
QUIET = Header(date(2026, 11, 20), 0, 0, 0, 0, 0)
POST = Post(1, "discord:7", date(2026, 11, 20), HEADER, "77", datetime(2026, 11, 20, 9, tzinfo=UTC))
PAGE = "https://arxiv.org/abs/2401.00001"


def brief(
    title: str = "Lean Attention",
    summary: str = "Prunes heads while it trains.",
    tags: Sequence[str] = ("pruning", "transformers"),
    figures: Sequence[str] = ("44% fewer FLOPs", "2.1× throughput"),
    links: Sequence[Link] = (Link("paper", PAGE), Link("code", "https://github.com/lean/attention")),
    areas: Sequence[str] = ("cs.LG",),
    guessed: bool = False,
    paper_id: int | None = 5,
) -> Brief:
    """A brief of a made-up paper."""
    paper = Paper(title, "", title, "", id=paper_id)
    return Brief(paper, summary, tuple(tags), tuple(figures), tuple(links), tuple(areas), guessed)


def shown(content: Content, part: int = 3) -> Rendered:
    """The content as a message of a post of twenty."""
    kind: Literal["header", "paper", "closing"] = "header"
    if not isinstance(content, Header):
        kind = "paper" if isinstance(content, Brief) else "closing"
    one = Message(9, 1, "discord:7", part, kind, None, MARKER, State.PENDING)
    return message(POST, one, content, total=20)


def text_of(rendered: Rendered) -> str:
    """The description of its only embed."""
    (embed,) = rendered.embeds
    return embed.description or ""


links = st.builds(
    Link,
    st.sampled_from(["paper", "find", "code", "project"]),
    st.one_of(
        huge,
        st.just(PAGE),
        st.integers(1, 3000).map(lambda count: f"https://a.bc/{'(' * count}"),
        nasty.map(lambda text: f"https://a.bc/{text}"),
    ),
)
briefs = st.builds(
    brief,
    title=huge,
    summary=huge,
    tags=st.lists(huge, max_size=5).flatmap(lambda some: st.sampled_from([some, some * 40])),
    figures=st.lists(huge, max_size=4),
    links=st.lists(links, max_size=6),
    areas=st.lists(huge, max_size=3),
    guessed=st.booleans(),
    paper_id=st.one_of(st.none(), st.integers(1, 2**63 - 1)),
)
counts = st.integers(0, 10**9)
headers = st.builds(
    Header,
    st.dates(),
    counts,
    counts,
    counts,
    counts,
    counts,
    st.lists(st.tuples(huge, counts), max_size=5).map(tuple),
    st.lists(huge, max_size=5).flatmap(lambda some: st.sampled_from([tuple(some), tuple(some * 50)])),
)
closings = st.lists(
    st.tuples(counts, huge, st.one_of(st.none(), nasty, nasty.map(lambda text: f"https://a.bc/{text}"))),
    max_size=8,
).flatmap(lambda some: st.sampled_from([Closing(tuple(some)), Closing(tuple(some * 60))]))
followeds = st.lists(
    st.builds(
        Match,
        st.sampled_from(["tag", "phrase"]),
        huge,
        st.lists(st.tuples(counts, huge), min_size=1, max_size=4).map(tuple),
    ),
    max_size=4,
).flatmap(lambda some: st.sampled_from([Followed(tuple(some)), Followed(tuple(some * 60))]))


@settings(deadline=None, max_examples=40)
@given(st.one_of(briefs, headers, closings, followeds), st.integers(0, 10**6))
@example(brief("", "", (), (), (), ()), 1)
@example(QUIET, 0)
@example(Closing(()), 1)
def test_whatever_there_is_to_say_discord_takes_it(content: Content, part: int) -> None:
    """No message is beyond a limit, and each keeps its marker; a paper keeps a title."""
    rendered = shown(content, part)
    assert faults(rendered) == ()
    assert [marker_of(embed) for embed in rendered.embeds] == [MARKER]
    assert rendered.embeds[0].description or rendered.embeds[0].title or isinstance(content, Followed)
    if isinstance(content, Brief):
        assert rendered.embeds[0].title


matches = st.builds(
    Match,
    st.sampled_from(["tag", "phrase"]),
    huge,
    st.lists(st.tuples(counts, huge), min_size=1, max_size=4).flatmap(
        lambda some: st.sampled_from([tuple(some), tuple(some * 40)])
    ),
)
follows = st.lists(matches, min_size=1, max_size=4).flatmap(
    lambda some: st.sampled_from([Followed(tuple(some)), Followed(tuple(some * 12))])
)


@settings(deadline=None, max_examples=8)
@given(follows)
def test_whatever_is_followed_can_be_said(followed: Followed) -> None:
    """In the thread and to a person, with the marker."""
    channel = Channel("discord:7", "discord", "7", "papers", "UTC", time(9), server="70")
    for rendered in (shown(followed, 22), notice(channel, POST, followed, MARKER)):
        assert faults(rendered) == ()
        assert [marker_of(embed) for embed in rendered.embeds] == [MARKER]
        assert rendered.embeds[0].description


@settings(deadline=None, max_examples=20)
@given(headers)
def test_a_thread_always_gets_a_name(header: Header) -> None:
    """Of one to a hundred characters."""
    assert 1 <= len(thread_name(header).strip()) <= THREAD_NAME


def test_a_paper_says_the_sentence_first_then_figures_then_tags() -> None:
    """A title that leads to the paper, and below it what a reader decides by."""
    rendered = shown(brief())
    (embed,) = rendered.embeds
    assert (embed.title, embed.url) == ("Lean Attention", PAGE)
    assert text_of(rendered).splitlines() == [
        "Prunes heads while it trains.",
        "**44% fewer FLOPs** · **2.1× throughput**",
        "-# `pruning` `transformers`  cs.LG",
    ]
    assert embed.footer.text == f"3 of 20 · {MARKER}"
    assert rendered.buttons == (
        Button("Bookmark", custom_id="bookmark:5", emoji="🔖"),
        Button("Paper", url=PAGE),
        Button("Code", url="https://github.com/lean/attention"),
    )
    assert rendered.content == ""


def test_a_guessed_area_says_so() -> None:
    """What no digest gave is marked."""
    assert text_of(shown(brief(guessed=True))).endswith("cs.LG (guessed)")


def test_a_title_leads_to_where_to_look_when_there_is_no_page() -> None:
    """The button then says what it does."""
    rendered = shown(brief(links=[Link("find", "https://huggingface.co/papers?q=Lean%20Attention")]))
    assert rendered.embeds[0].url == "https://huggingface.co/papers?q=Lean%20Attention"
    assert [button.label for button in rendered.buttons] == ["Bookmark", "Find the paper"]


def test_a_link_that_discord_would_refuse_is_left_out() -> None:
    """The paper is posted all the same, and its other links stay."""
    rendered = shown(brief(links=[Link("paper", "https://nowhere/x"), Link("code", "https://a.bc/x")]))
    assert rendered.embeds[0].url is None
    assert [button.url for button in rendered.buttons] == [None, "https://a.bc/x"]


def test_an_address_too_long_for_a_button_still_is_the_titles() -> None:
    """A button's is 512 characters at most, an embed's 2,048."""
    page = f"https://a.bc/{'x' * 600}"
    rendered = shown(brief(links=[Link("paper", page)]))
    assert rendered.embeds[0].url == page
    assert [button.label for button in rendered.buttons] == ["Bookmark"]


def test_a_long_title_is_cut_and_an_empty_one_named() -> None:
    """Nothing is dropped for its length."""
    title = shown(brief(title="word " * 90)).embeds[0].title
    assert title is not None
    assert title.startswith("word word")
    assert title.endswith("…")
    assert shown(brief(title="\u202e ")).embeds[0].title == "Untitled paper"


def test_a_long_summary_is_cut_and_the_rest_stays() -> None:
    """As are figures and tags beyond all measure."""
    rendered = shown(brief(summary="word " * 2000, figures=["9%"] * 400, tags=["pruning"] * 200))
    first, figures, tags = text_of(rendered).splitlines()
    assert first.startswith("word word")
    assert first.endswith("…")
    assert figures.startswith("**9%** · **9%**")
    assert tags.startswith("-# `pruning` `pruning`")


def test_markup_in_a_paper_means_nothing() -> None:
    """Title, summary, figures and tags are shown as printed."""
    rendered = shown(brief("@everyone *look*", "<@1> [x](https://a.bc)", ["a`b"], ["**9**%"]))
    assert rendered.embeds[0].title == "@\u200beveryone ∗look∗"
    assert text_of(rendered).splitlines() == [
        r"\<@" + "\u200b" + r"1> \[x\](https\://a.bc)",
        r"**\*\*9\*\*%**",
        "-# `aˋb`  cs.LG",
    ]


def test_colours_follow_the_first_topic() -> None:
    """The same topic has the same colour every day; a paper without one is grey."""
    assert colour_of(brief(tags=["pruning"])) == colour_of(brief(tags=["other", "pruning", "speech"]))
    assert colour_of(brief(tags=["pruning"])) != colour_of(brief(tags=["speech"]))
    assert colour_of(brief(tags=["other"])) == GREY
    assert "other" not in text_of(shown(brief(tags=["other"])))


def test_a_header_counts_and_names_tags_and_files() -> None:
    """Its first line is what a notification shows; what goes without saying is not said."""
    rendered = shown(HEADER, 0)
    assert rendered.content == "**28 new papers** · Friday, 20 November 2026"
    assert text_of(rendered).splitlines() == [
        "`pruning` 8  `speech` 5",
        "-# 40 read, 12 seen before · the best 20 in the thread, 8 more named at its end "
        "· from `2026-11-20.txt`, `more.jsonl`",
    ]
    assert rendered.buttons == ()
    assert text_of(shown(replace(HEADER, seen=0, left_out=0, files=("a.txt",)), 0)).endswith(
        "\n-# From `a.txt`"
    )


def test_a_quiet_day_is_one_line() -> None:
    """Nothing new is told without a fuss."""
    rendered = shown(QUIET, 0)
    assert rendered.content == "Nothing new · Friday, 20 November 2026"
    assert text_of(rendered) == "-# No new digest"


def test_a_thread_is_named_after_its_day_and_topics() -> None:
    """So that it is found again in the list of threads."""
    assert thread_name(HEADER) == "20 Nov 2026: 28 papers on pruning, speech"
    assert thread_name(QUIET) == "20 Nov 2026: nothing new"


def test_a_closing_message_names_what_was_left_out() -> None:
    """Each with its link if it has one."""
    rendered = shown(Closing(((1, "One *more*", PAGE), (2, "Two [b]", None))), 21)
    assert rendered.embeds[0].title == "2 more papers"
    assert text_of(rendered).splitlines()[:2] == [f"- [One ∗more∗]({PAGE})", r"- Two \[b\]"]


def test_a_long_closing_message_says_how_many_more() -> None:
    """It fits, and every paper is named or counted."""
    listed = text_of(
        shown(Closing(tuple((at, f"Paper {at} " * 9, PAGE) for at in range(500))), 21)
    ).splitlines()
    named = [line for line in listed if line.startswith("- ")]
    assert len(named) > 20
    assert f"… and {500 - len(named)} more" in listed


def test_what_people_follow_is_a_line_each_and_names_nobody() -> None:
    """In the thread, and in the direct message with the way to it."""
    followed = Followed(
        (
            Match("tag", "pruning", ((1, "One *more*"), (2, "Two"))),
            Match("phrase", "state space", ((2, "Two"),)),
        )
    )
    lines = ["`pruning` One \\*more\\* · Two", "`state space` Two"]
    rendered = shown(followed, 21)
    assert text_of(rendered).splitlines() == lines
    assert rendered.content == ""
    channel = Channel("discord:7", "discord", "7", "lab", "UTC", time(9), server="42")
    told = notice(channel, POST, followed, MARKER)
    assert told.content == "2 papers for you in https://discord.com/channels/42/77"
    assert text_of(told).splitlines() == lines
    assert marker_of(told.embeds[0]) == MARKER


@pytest.mark.parametrize("marker", [MARKER, "a" * 24])
def test_a_marker_is_read_back_from_the_footer_alone(marker: str) -> None:
    """No other words look like one."""
    embed = shown(brief()).embeds[0]
    assert marker_of(embed.copy().set_footer(text=f"3 of 20 · {marker}")) == marker
    assert marker_of(embed.copy().set_footer(text=f"3 of 20 {marker}")) is None
    assert marker_of(embed.copy().set_footer(text="Page 1 of 2 · pruning")) is None
    assert marker_of(embed.copy().remove_footer()) is None


async def test_buttons_become_a_view_without_an_end() -> None:
    """Links and ids are kept, rows too; without buttons there is no view."""
    rendered = Rendered("x", (), (Button("A", custom_id="a", disabled=True), Button("B", url=PAGE, row=1)))
    view = view_of(rendered)
    assert view is not None
    assert view.timeout is None
    first, second = (row["components"] for row in view.to_components())
    assert (first[0]["custom_id"], first[0]["disabled"]) == ("a", True)
    assert second[0]["url"] == PAGE
    assert view_of(Rendered("x")) is None
