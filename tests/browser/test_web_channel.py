"""What a person does with the web channel, in a real browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from bot import library
from bot.models import Channel
from bot.store import channels
from tests.browser.conftest import Site, look
from tests.unit.chat.web import world
from tests.unit.chat.web.world import NOW, PAPERS, TODAY, brief

DAY = f"/channels/papers/{TODAY}"
BUTTON = "#paper-3 .mark button"


def find(page: Chrome, css: str) -> WebElement:
    """The first element, which must be there."""
    return page.find_element(By.CSS_SELECTOR, css)


def until(page: Chrome, what: Callable[[Chrome], object]) -> None:
    """Wait until the page shows it, for ten seconds at most, also while it is just being replaced."""
    passing = [NoSuchElementException, StaleElementReferenceException]
    WebDriverWait(page, 10, 0.05, ignored_exceptions=passing).until(what)


def scripts(page: Chrome, *, on: bool) -> None:
    """Turn scripts on or off."""
    page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not on})


def test_the_first_look(page: Chrome, site: Site) -> None:
    """The bare address shows channels, days and the latest thread side by side."""
    page.get(site.url)
    assert page.current_url == site.url + DAY
    assert page.title == "Wednesday, 11 March 2026 · papers · Broadsheet"
    columns = [find(page, css).rect for css in (".rail", ".timeline", ".pane")]
    assert columns[0]["x"] < columns[1]["x"] < columns[2]["x"]
    assert "5 new papers" in find(page, "#day-2026-03-11").text
    papers = page.find_elements(By.CSS_SELECTOR, "#papers > li")
    assert [paper.get_attribute("id") for paper in papers] == ["paper-3", "paper-4", "paper-5", "closing"]
    abstract = find(page, "#paper-3 details p")
    assert not abstract.is_displayed()
    find(page, "#paper-3 summary").click()
    assert abstract.is_displayed()


def test_a_bookmark_at_a_click(page: Chrome, site: Site) -> None:
    """The pill is pressed without leaving the page, is kept, is told to a screen reader, and comes off again."""
    page.get(site.url + DAY)
    page.execute_script("window.same = true")
    find(page, BUTTON).click()
    until(page, lambda page: find(page, BUTTON).get_attribute("aria-pressed") == "true")
    assert find(page, BUTTON).text == "1"
    assert "kept by 1" in (find(page, BUTTON).get_attribute("aria-label") or "")
    until(page, lambda page: find(page, "#news").get_attribute("textContent") == "Bookmarked")
    assert [one.bookmark.paper_id for one in site.run(library.kept(site.store))] == [3]
    find(page, BUTTON).click()
    until(page, lambda page: find(page, BUTTON).get_attribute("aria-pressed") == "false")
    assert site.run(library.kept(site.store)) == []
    assert page.execute_script("return window.same") is True


def test_all_of_it_without_scripts(page: Chrome, site: Site) -> None:
    """Without JavaScript a person bookmarks, searches, pages and reads the same."""
    scripts(page, on=False)
    page.get(site.url)
    find(page, BUTTON).click()
    until(page, lambda page: find(page, BUTTON).get_attribute("aria-pressed") == "true")
    assert page.current_url == f"{site.url}{DAY}#paper-3"
    find(page, "#command").send_keys("/search layer 7", Keys.ENTER)
    until(page, lambda page: "/command?" in page.current_url)
    assert find(page, ".hits mark").text == "layer"
    page.get(site.url + DAY)
    page.find_element(By.PARTIAL_LINK_TEXT, "Page through").click()
    until(page, lambda page: "rest=1" in page.current_url)
    assert "Thrifty Transformers 7" in find(page, "#main").text
    page.find_element(By.LINK_TEXT, "Bookmarks").click()
    until(page, lambda page: page.current_url.endswith("/bookmarks"))
    assert "Thrifty Transformers 3" in find(page, "#main").text
    scripts(page, on=True)


def test_by_keyboard_alone(page: Chrome, site: Site) -> None:
    """From the skip link to a bookmark, and to a search, without a mouse, seeing where one is."""
    page.get(site.url + DAY)
    press = ActionChains(page)
    press.send_keys(Keys.TAB).perform()
    skip = page.switch_to.active_element
    assert skip.text == "Skip to the papers"
    until(page, lambda page: skip.rect["y"] >= 0)
    press.send_keys(Keys.ENTER).perform()
    for _ in range(30):
        press.send_keys(Keys.TAB).perform()
        active = page.switch_to.active_element
        outline = active.value_of_css_property("outline-style"), active.value_of_css_property("outline-width")
        assert outline == ("solid", "2px"), active.get_attribute("outerHTML")
        if active.tag_name == "button":
            break
    assert active.get_attribute("aria-label") == "Bookmark Thrifty Transformers 3: Less Is Enough, kept by 0"
    press.send_keys(Keys.SPACE).perform()
    until(page, lambda page: find(page, BUTTON).get_attribute("aria-pressed") == "true")
    assert page.switch_to.active_element == find(page, BUTTON)
    press.key_down(Keys.CONTROL).send_keys("k").key_up(Keys.CONTROL).perform()
    assert page.switch_to.active_element.get_attribute("id") == "command"
    press.send_keys("layer 7", Keys.ENTER).perform()
    until(page, lambda page: "/command?" in page.current_url)


def test_a_search_answers_in_the_channel(page: Chrome, site: Site) -> None:
    """A command is answered beside the days, and its address can be shared."""
    page.get(site.url + DAY)
    find(page, "#command").send_keys("/search layer 7", Keys.ENTER)
    until(page, lambda page: page.find_elements(By.CSS_SELECTOR, ".hits"))
    assert "Thrifty Transformers 7" in find(page, ".hits > li").text
    assert find(page, "#day-2026-03-11").is_displayed()
    address = page.current_url
    page.get("about:blank")
    page.get(address)
    assert "Thrifty Transformers 7" in find(page, ".hits > li").text
    find(page, "#command").clear()
    find(page, "#command").send_keys("/help", Keys.ENTER)
    until(page, lambda page: page.find_elements(By.CSS_SELECTOR, ".help"))


def test_another_persons_bookmark_appears_by_itself(page: Chrome, site: Site) -> None:
    """A count moves without a reload, and neither an open fold nor the focus is lost."""
    page.get(site.url + DAY)
    find(page, "#paper-3 summary").click()
    site.run(library.bookmark(site.store, "discord:1", 3, NOW, "discord"))
    until(page, lambda page: find(page, BUTTON).text == "1")
    assert find(page, BUTTON).get_attribute("aria-pressed") == "false"
    assert find(page, "#paper-3 details p").is_displayed()
    assert page.switch_to.active_element == find(page, "#paper-3 summary")


def test_a_new_post_appears_by_itself(page: Chrome, site: Site) -> None:
    """Tomorrow's message comes in below today's and is announced; the thread that is open stays."""
    page.get(site.url + DAY)
    page.execute_script("window.same = true")
    site.run(world.post(site.store, PAPERS, [brief(8)], NOW + timedelta(days=1)))
    until(page, lambda page: "1 paper in thread" in find(page, "#days > li:last-child").text)
    assert find(page, "#days > li:last-child").get_attribute("id") == "day-2026-03-12"
    assert "new message" in (find(page, "#news").get_attribute("textContent") or "")
    assert find(page, "#papers > li").get_attribute("id") == "paper-3"
    assert page.execute_script("return window.same") is True


def test_the_very_first_post_appears_by_itself(page: Chrome, new_site: Site) -> None:
    """A newcomer reads how to feed the bot, does so, and sees the papers without touching the page."""
    new_site.run(new_site.store.write(channels.sync, [PAPERS]))
    page.get(new_site.url)
    assert "digests/" in find(page, ".empty").text
    new_site.run(world.post(new_site.store, PAPERS, [brief(1), brief(2)]))
    until(page, lambda page: len(page.find_elements(By.CSS_SELECTOR, "#papers > li")) == 2)


def test_what_is_being_typed_is_not_lost(page: Chrome, new_site: Site) -> None:
    """A post that arrives while a person types a command takes nothing away from them."""
    new_site.run(new_site.store.write(channels.sync, [PAPERS]))
    page.get(new_site.url + "/command?text=/help")
    box = find(page, "#command")
    box.clear()
    box.send_keys("half a quest")
    new_site.run(world.post(new_site.store, PAPERS, [brief(1)]))
    until(page, lambda page: "1 paper in thread" in find(page, "#days").text)
    assert page.find_elements(By.CSS_SELECTOR, ".timeline .empty") == []
    assert page.switch_to.active_element == box
    assert box.get_attribute("value") == "half a quest"


@pytest.mark.parametrize("width", [320, 390, 720, 820, 1088, 1600, 2560])
def test_nothing_is_wider_than_the_window(page: Chrome, site: Site, width: int) -> None:
    """From a small phone to a wide screen no page scrolls sideways, long words or not."""
    look(page, width)
    wide = Channel("web:" + "w" * 60, "web", "w" * 60, "w" * 60, "UTC", PAPERS.time, 3)
    site.run(site.store.write(channels.sync, [PAPERS, wide]))
    paths = [
        "/channels",
        "/channels/papers",
        DAY,
        f"{DAY}?rest=1",
        "/command?text=layer",
        "/papers/3",
        "/bookmarks",
        "/history",
        "/channels/papers/calendar",
        "/tags",
        "/tags/transformers",
    ]
    for path in (*paths, "/channels/" + "w" * 60, "/command?text=" + "w" * 190):
        page.get(site.url + path)
        assert page.execute_script("return document.documentElement.scrollWidth") <= width, path


def test_on_a_phone_there_is_one_column_at_a_time(page: Chrome, site: Site) -> None:
    """Channels, days and thread are pages with plain links there and back; the command box is always at hand."""
    look(page, 390, 844)
    page.get(site.url)
    assert find(page, ".pane").is_displayed()
    assert not find(page, ".timeline").is_displayed()
    find(page, ".pane .back").click()
    until(page, lambda page: find(page, ".timeline").is_displayed())
    assert not find(page, ".pane").is_displayed()
    assert find(page, "#command").is_displayed()
    find(page, ".timeline .back").click()
    until(page, lambda page: page.current_url.endswith("/channels"))
    find(page, ".channel-list a").click()
    until(page, lambda page: "/channels/papers" in page.current_url)
    find(page, "#day-2026-03-10 .thread-link").click()
    until(page, lambda page: page.current_url.endswith("2026-03-10"))
    assert "Thrifty Transformers 1" in find(page, "#main").text


def test_dark_is_dark(page: Chrome, site: Site) -> None:
    """The page follows the scheme that the person's machine asks for, controls included."""
    grounds = []
    for scheme in ("light", "dark"):
        look(page, scheme=scheme)
        page.get(site.url + DAY)
        grounds.append(
            [
                find(page, css).value_of_css_property("background-color")
                for css in ("body", ".card", ".command")
            ]
        )
    light, dark = ([sum(map(int, colour[5:-1].split(",")[:3])) for colour in row] for row in grounds)
    assert min(light) > 600
    assert max(dark) < 200


def test_headings_and_landmarks(page: Chrome, site: Site) -> None:
    """A screen reader finds one main part, named regions, one first heading, and no level left out."""
    for path in (
        "/history",
        "/channels/papers/calendar",
        "/tags",
        "/tags/transformers",
        "/channels",
        DAY,
        "/papers/3",
        "/bookmarks",
        "/command?text=layer",
        "/command?text=/help",
    ):
        page.get(site.url + path)
        assert len(page.find_elements(By.CSS_SELECTOR, "main")) == 1
        assert len(page.find_elements(By.CSS_SELECTOR, "h1")) == 1, path
        levels = [
            int(one.tag_name[1]) for one in page.find_elements(By.CSS_SELECTOR, "h1, h2, h3, h4") if one.text
        ]
        assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False)), (
            path,
            levels,
        )
        for field in page.find_elements(
            By.CSS_SELECTOR, "button, a, input:not([type=hidden]), nav, form[role]"
        ):
            assert field.accessible_name or not field.is_displayed(), field.get_attribute("outerHTML")


@pytest.mark.parametrize(("width", "size"), [(320, "narrow"), (720, "narrow"), (1280, "wide")])
def test_a_plot_is_read_at_any_width(page: Chrome, site: Site, width: int, size: str) -> None:
    """One drawing of the two is shown, in the page's own colours, with letters of a size to read."""
    for scheme in ("light", "dark"):
        look(page, width, scheme=scheme)
        page.get(site.url + "/history")
        shown = [plot for plot in page.find_elements(By.CSS_SELECTOR, ".plot") if plot.is_displayed()]
        assert [size in (plot.get_attribute("class") or "") for plot in shown] == [True, True]
        word = shown[0].find_element(By.CSS_SELECTOR, "svg text")
        ink = find(page, "body").value_of_css_property("color").replace("rgba", "rgb").replace(", 1)", ")")
        assert ink in (
            text.value_of_css_property("fill") for text in shown[0].find_elements(By.CSS_SELECTOR, "text")
        )
        assert word.rect["height"] >= 9


def test_a_year_is_walked_by_keyboard(page: Chrome, site: Site) -> None:
    """From the calendar a day's post is reached without a mouse, and without scripts."""
    scripts(page, on=False)
    page.get(site.url + "/channels/papers")
    page.find_element(By.LINK_TEXT, "Calendar").click()
    until(page, lambda page: page.current_url.endswith("/calendar"))
    day = page.find_element(By.CSS_SELECTOR, ".month a")
    assert day.accessible_name == "Tuesday, 10 March 2026: 2 papers"
    day.send_keys(Keys.ENTER)
    until(page, lambda page: page.current_url.endswith("/channels/papers/2026-03-10"))
    page.find_element(By.LINK_TEXT, "transformers").click()
    until(page, lambda page: page.current_url.endswith("/tags/transformers"))
    assert "Thrifty Transformers 7" in find(page, ".papers > li").text
    scripts(page, on=True)
