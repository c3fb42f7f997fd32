"""``broadsheet run`` from a digest file to a bookmark, stopped, killed and started again."""

import json
import signal
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.scenario.conftest import Bot, Home

Start = Callable[[], Bot]

KITES = (
    "Kite Networks: Learning to Fly with Strings Attached",
    "Kites are hard to fly in changing winds, and few learn it from a book. In this paper, we propose a network "
    "that flies a kite on three strings and reduces latency by 44%. Code is at https://github.com/kites/fly.",
)
DUCKS = (
    "Ducks in a Row: Ordering Constraints for Small Birds",
    "Ducklings follow one another without being told. We show how to order them by weight with 2.5x fewer "
    "comparisons than sorting needs, and prove that no bird is left behind.",
)
GEESE = (
    "Wild Geese at Scale: Formation Flight without a Leader",
    "Geese fly in formation to save energy. We introduce a model of a flock in which no bird leads, and find that "
    "it saves a third of the energy of a led one.",
)


def test_the_first_post_is_there_at_once_and_bookmarks_last(home: Home, start: Start) -> None:
    """A newcomer sees a post within seconds, keeps a paper with a click, and finds it again after a restart."""
    home.digest("2026-03-11.txt", KITES, DUCKS)
    bot = start()
    bot.wait_for(r"2026-03-11.txt: 2 entries: 2 new, 0 seen before, 0 unreadable")
    bot.page_with("/", KITES[0])
    request = urllib.request.Request(
        f"{bot.address}/papers/1/bookmark", b"keep=1&back=/", {"Origin": bot.address}, method="POST"
    )
    urllib.request.urlopen(request, timeout=20).close()
    code, seconds = bot.stop(signal.SIGTERM)
    assert code == 0
    assert seconds < 2
    (kept,) = home.lines("bookmarks", "--json")
    assert kept["title"] == KITES[0]
    assert kept["person"] == "web:me"
    again = start()
    assert KITES[0] in again.get("/bookmarks")
    assert "entries" not in again.printed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_within_two_seconds(home: Home, start: Start, number: int) -> None:
    """Ctrl-C and SIGTERM end it at once, with nothing on standard error and an exit code of 0."""
    home.digest("a.txt", KITES)
    bot = start()
    bot.page_with("/", KITES[0])
    code, seconds = bot.stop(number)
    assert code == 0
    assert seconds < 2
    assert "Traceback" not in bot.printed


def test_a_file_that_lands_while_it_runs_is_read_and_kept_for_tomorrow(home: Home, start: Start) -> None:
    """What lands after today's post is read at once, is found by search, and is not posted today."""
    home.digest("a.txt", KITES)
    bot = start()
    bot.page_with("/", KITES[0])
    home.digest("b.txt", DUCKS, KITES)
    bot.wait_for(r"b.txt: 2 entries: 1 new, 1 seen before, 0 unreadable")
    assert DUCKS[0] not in bot.get("/")
    query = urllib.parse.urlencode({"text": "/search ducklings"})
    assert DUCKS[0] in bot.page_with(f"/command?{query}", DUCKS[0])
    bot.stop()
    (waiting,) = home.lines("preview", "--json")
    assert waiting["title"] == DUCKS[0]
    assert "waits for the next post" in home.run("why", "ducks", "in", "a", "row").stdout


def test_killed_at_any_time_it_neither_loses_nor_repeats(home: Home, start: Start) -> None:
    """After kill -9 in the middle of its work, the next start finishes it: each paper once, in one post."""
    papers = [(f"{KITES[0]} {number}", KITES[1].replace("three", str(number))) for number in range(10, 40)]
    home.digest("a.txt", *papers)
    for _ in range(4):
        bot = start()
        bot.kill()
    bot = start()
    page = bot.page_with("/", papers[-1][0])
    bot.stop()
    found = home.lines("search", "kite", "--limit", "1000", "--json")
    assert sorted(one["title"] for one in found) == sorted(title for title, _ in papers)
    today = datetime.now(UTC).year
    assert all(len(one["posted"]) == 1 and one["posted"][0]["date"].startswith(str(today)) for one in found)
    assert page.count(f"{papers[0][0]}</") == 1


def test_a_second_instance_is_refused_and_told_who_holds_the_history(home: Home, start: Start) -> None:
    """Two bots on one history is refused at once, naming the process; asking still works meanwhile."""
    home.digest("a.txt", KITES)
    bot = start()
    bot.page_with("/", KITES[0])
    for command in ("run", "ingest", "post"):
        refused = home.run(command)
        assert refused.exit_code == 4
        assert f"process {bot.process.pid}" in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
    assert len(home.lines("search", "kite", "--json")) == 1


def test_a_port_in_use_is_one_clear_line(home: Home, start: Start) -> None:
    """The address is taken: the line says which and what to do, and the exit code is 5."""
    bot = start()
    port = bot.address.rpartition(":")[2]
    home.environ = {"BROADSHEET_WEB_PORT": port, "BROADSHEET_DATA": "other"}
    refused = home.run("run")
    assert refused.exit_code == 5
    assert port in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_no_secret_is_ever_printed(home: Home, start: Start) -> None:
    """The password shows nowhere, however much is logged."""
    home.environ = {"BROADSHEET_WEB_PASSWORD": "canary-9b7e", "BROADSHEET_LOG_LEVEL": "debug"}
    home.digest("a.txt", KITES)
    bot = start()
    bot.wait_for("a.txt: 1 entry")
    request = urllib.request.Request(f"{bot.address}/?q=canary-9b7e")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)
    refused.value.close()
    bot.stop()
    for command in ("doctor", "preview", "search x"):
        done = home.run(*command.split())
        assert "canary" not in done.stdout + done.stderr
    assert "canary" not in bot.printed


def test_told_to_stop_while_it_reads_it_stops_and_reads_anew(home: Home, start: Start) -> None:
    """A long file does not hold up the end; nothing of it is kept, so that the next start reads it whole."""
    papers = [(f"{KITES[0]} {number}", KITES[1].replace("three", str(number))) for number in range(900)]
    path = home.digest("long.jsonl")
    path.write_text("".join(json.dumps({"title": title, "abstract": text}) + "\n" for title, text in papers))
    bot = start()
    code, seconds = bot.stop()
    assert code == 0
    assert seconds < 2
    assert "entries" not in bot.printed
    (receipt,) = home.lines("ingest", "--json")
    assert receipt["new"] + receipt["seen"] == len(papers)
    assert receipt["new"] > 0


def test_a_digests_folder_that_cannot_be_read_is_told(home: Home, start: Start) -> None:
    """A file in the folder's place is one line in the log; the bot goes on, and reads the folder once it is one."""
    place = home.path / "digests"
    place.write_text("in the way")
    bot = start()
    bot.wait_for("no digest file can be read")
    place.unlink()
    home.digest("a.txt", KITES)
    bot.page_with("/", KITES[0])


def test_papers_that_wait_are_posted_though_no_file_is_left(home: Home, start: Start) -> None:
    """What the history holds is posted on time also when the digests folder has been emptied."""
    path = home.digest("a.txt", KITES)
    home.run("ingest")
    path.unlink()
    start().page_with("/", KITES[0])
