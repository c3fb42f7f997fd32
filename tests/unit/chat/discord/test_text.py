from urllib.parse import urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.chat.discord.text import code, cut, heading, joined, label, link, linked, marked, plain, titled
from tests.unit.chat.discord.markup import UNSEEN, found, huge, nasty, shown

ROOM = st.integers(-1, 300)


def letters(text: str) -> str:
    """Letters and digits alone, without the two look-alikes that Unicode counts among them."""
    return "".join(one for one in text if one.isalnum() and one not in "ˍˋ")


def read(text: str) -> str:
    """The text as one line without what is invisible, and as it must be read again."""
    return " ".join(UNSEEN.sub("", "".join(one if not one.isspace() else " " for one in text)).split())


@settings(deadline=None, max_examples=60)
@given(huge, ROOM)
@example("@everyone", 5)
@example("<@123456789>", 30)
@example("1. first", 30)
@example("\\" * 50, 20)
@example("\\<@1>", 20)
def test_no_markup_survives_and_all_fits(text: str, room: int) -> None:
    """Neutralised text has no markup or mention left, no invisible character, no line break, and room enough."""
    for make in (plain, heading, titled, label, code):
        made = make(text, room)
        assert len(made) <= max(room, 0)
        assert not UNSEEN.search(made)
        assert len(made.splitlines()) <= 1
        made.encode()
    assert found(plain(text, room)) == set()
    for escapes in (True, False):
        assert found(heading(text, room), escapes=escapes) == set()
        assert found(f"x{label(text, room)}", escapes=escapes) == set()
    assert found(code(text, room)) <= {"code"}


@settings(deadline=None, max_examples=60)
@given(nasty)
def test_what_was_printed_is_what_is_read(text: str) -> None:
    """Letters and digits come in their order; text with escapes reads as it was printed."""
    assert letters(plain(text, 9999)) == letters(label(text, 9999)) == letters(read(text))
    assert letters(titled(text, 9999)) == letters(heading(text, 9999)) == letters(read(text))


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Fast *and* small: a_b_c", r"Fast \*and\* small: a\_b\_c"),
        ("C++ beats 10:30", "C++ beats 10:30"),
        ("[Re] A study", r"\[Re\] A study"),
        ("see https://a.bc/x_y", r"see https\://a.bc/x\_y"),
        ("join discord.gg/abc", "join discord.\u200bgg/abc"),
        ("3. A list", r"3\. A list"),
        ("3.5 is enough", "3.5 is enough"),
        ("# Heading", r"\# Heading"),
        ("-# small", r"\-# small"),
        ("on :fire: again", r"on \:fire: again"),
        ("a < b > c", r"a \< b > c"),
        ("one\n\ntwo", "one two"),
    ],
)
def test_plain_escapes_what_would_be_markup(text: str, made: str) -> None:
    """What means nothing is left as it is."""
    assert plain(text, 100) == made
    assert shown(made) == " ".join(text.split())


def test_the_words_found_are_bold() -> None:
    """Only those; a mark that a cut left open ends with the text."""
    assert marked("a ‹pruned› net_work", 99) == r"a **pruned** net\_work"
    assert marked("@‹everyone› ‹*x*›", 99) == r"@**everyone** **\*x\***"
    assert marked("cut ‹pruning methods›", 17) == "cut **pruning…**"


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(nasty, st.booleans()), max_size=6), ROOM)
def test_a_snippet_has_no_markup_but_bold(pieces: list[tuple[str, bool]], room: int) -> None:
    """Whatever was found, and whatever is around it."""
    made = marked("".join(f"‹{text}›" if hit else text for text, hit in pieces), room)
    assert len(made) <= max(room, 0)
    assert found(made.replace("**", "")) == set()


def test_mentions_are_broken_whatever_stands_before() -> None:
    """The server looks for mentions in the raw text, so an escape before them is not enough."""
    assert "@everyone" not in plain("@everyone \\@everyone", 99)
    assert "<@1" not in plain("<@1> <@!1> <@&1>", 99)
    assert "@here" not in titled("@here", 99)
    assert "@here" not in code("@here", 99)


def test_a_cut_never_parts_an_escape_or_a_grapheme() -> None:
    """A backslash keeps its mark, a flag its halves, a family its members, a letter its accent."""
    assert plain("*" * 20, 10) == r"\*\*\*\*…"
    assert cut("ab🇩🇪🇫🇷cd", 5) == "ab🇩🇪…"
    assert cut("ab🇩🇪🇫🇷cd", 6) == "ab🇩🇪…"
    assert cut("a👩\u200d👩\u200d👧bc", 5) == "a…"
    assert cut("abe\u0301cd", 4) == "ab…"
    assert cut("a👍🏽bcd", 3) == "a…"
    assert cut("a" + "\u0301" * 500, 100) == "a" + "\u0301" * 98 + "…"


def test_a_cut_prefers_the_end_of_a_word() -> None:
    """A word near the end is left out whole."""
    assert cut("attention is all you need", 20) == "attention is all…"
    assert cut("attention", 9) == "attention"
    assert cut("attention", 1) == "…"
    assert cut("attention", 0) == ""


@settings(deadline=None, max_examples=100)
@given(nasty, st.integers(0, 40))
def test_a_cut_uses_the_room_it_has(text: str, room: int) -> None:
    """What is cut was too long: the whole text is given wherever it fits."""
    whole = plain(text, 9999)
    assert plain(text, len(whole)) == whole
    assert len(cut(text, room)) <= room


def test_the_words_of_a_masked_link_have_no_escapes() -> None:
    """Discord shows backslashes there, and prints the link raw when its words hold an address or brackets."""
    made = label(r"[Re] a*b*c `x` https://a.bc \* p<5", 99)
    assert made == "(Re) a∗b∗c ˋxˋ https:\u200b//a.bc ∖∗ p<5"


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("[Re] DS_FusionNet: p<0.05 at `home", "[Re] DS_FusionNet: p<0.05 at `home"),
        ("A* search", "A* search"),
        ("A* and B* search", "A∗ and B∗ search"),
        ("__init__ [x](y) <@1>", "ˍˍinitˍˍ (x)(y) ‹@\u200b1>"),
        ("# One", "\u200b# One"),
        ("1. One", "\u200b1. One"),
    ],
)
def test_a_title_changes_only_where_marks_would_do_something(text: str, made: str) -> None:
    """A lone mark means nothing, so titles are nearly always what was printed."""
    assert heading(text, 99) == made


def test_a_link_that_cannot_be_made_is_text() -> None:
    """The words stay, escaped, without a link."""
    assert linked("a*b", "https://arxiv.org/abs/1", 99) == "[a*b](https://arxiv.org/abs/1)"
    assert linked("a*b", "javascript:alert(1)", 99) == r"a\*b"
    assert linked("a*b", None, 99) == r"a\*b"
    assert linked("a title that is cut", "https://arxiv.org/abs/1", 20) == "a title that is cut"


@pytest.mark.parametrize(
    ("url", "made"),
    [
        ("https://arxiv.org/abs/2401.00001v2", "https://arxiv.org/abs/2401.00001v2"),
        ("HTTP://Example.ORG:8080/a b", "http://example.org:8080/a%20b"),
        ("https://doi.org/10.1/S0(20)3", "https://doi.org/10.1/S0%2820%293"),
        ("https://a.bc/%20?q=ü#x>", "https://a.bc/%20?q=%C3%BC#x%3E"),
        ("https://bücher.de", "https://xn--bcher-kva.de"),
        ("javascript:alert(1)", None),
        ("ftp://a.bc/x", None),
        ("https://localhost/x", None),
        ("https://127.0.0.1/x", None),
        ("https://me@a.bc/x", None),
        ("https://good.org\\@evil.org", None),
        ("https://[::1", None),
        ("https://a.bc:99999/", None),
        ("https://a..bc/", None),
        ("https://", None),
        ("", None),
        ("a.bc", None),
        (f"https://a.bc/{'x' * 2040}", None),
    ],
)
def test_only_addresses_that_discord_takes_are_links(url: str, made: str | None) -> None:
    """One bad address has the whole message refused, so it is none."""
    assert link(url) == made


@settings(deadline=None, max_examples=60)
@given(
    st.one_of(
        nasty, nasty.map(lambda text: f"https://a.bc/{text}"), nasty.map(lambda text: f"https://{text}")
    )
)
def test_a_link_cannot_end_early(url: str) -> None:
    """No link holds a bracket, a blank or an angle, and each is the same when made again."""
    made = link(url)
    if made is not None:
        assert made.isascii()
        assert not set('()<>[] "\\`') & set(made)
        assert urlsplit(made).scheme in ("http", "https")
        assert link(made) == made


def test_pieces_are_joined_while_they_fit() -> None:
    """The rest is counted; without pieces that fit there is nothing."""
    assert joined(["aa", "", "bb", "cc"], ", ", 10) == "aa, bb, cc"
    assert joined(["aa", "bb", "cc"], ", ", 8) == "aa, bb"
    assert joined(["aa", "bb", "cc"], ", ", 9, "+{}") == "aa, +2"
    assert joined(["aa", "bb", "cc"], ", ", 1, "+{}") == ""
    assert joined([], ", ", 5, "+{}") == ""


@settings(deadline=None)
@given(st.lists(st.text(max_size=6), max_size=12), st.integers(0, 40))
def test_joined_pieces_never_exceed_their_room(pieces: list[str], room: int) -> None:
    """Whatever the pieces are."""
    assert len(joined(pieces, " · ", room, "… and {} more")) <= room
