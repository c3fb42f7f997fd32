from dataclasses import replace

from bot.chat.web import WebAdapter
from bot.models import State
from bot.publish import ChatAdapter, Rejected, Sent, compose, content
from bot.store import Store, channels, outbox
from tests.unit.chat.web.world import NOW, PAPERS, TODAY, brief, client, read_digest


async def test_a_message_shows_exactly_when_its_row_says_sent(empty: Store) -> None:
    """Neither pending nor sending nor unsure messages are on any page; sent ones are."""
    await empty.write(channels.sync, [PAPERS])
    await empty.write(read_digest, "a.txt", [brief(1), brief(2)], NOW)
    post = await empty.write(compose, PAPERS, TODAY, NOW)
    assert post is not None
    header, first, second = await empty.read(outbox.messages, post.id)
    browser = client(empty)
    day = f"/channels/papers/{TODAY}"
    assert (await browser.get(day)).status == 404
    assert "No paper yet" in (await browser.get("/channels/papers")).text
    await empty.write(outbox.claim, header.id, NOW)
    assert (await browser.get(day)).status == 404
    await empty.write(outbox.record_sent, header.id, "web-0", NOW)
    await empty.write(outbox.record_thread, post.id, "web-0")
    assert "0 papers in thread" in (await browser.get(day)).text
    await empty.write(outbox.claim, first.id, NOW)
    await empty.write(outbox.record_sent, first.id, "web-1", NOW)
    await empty.write(outbox.claim, second.id, NOW)
    await empty.write(outbox.record_unsent, second.id, State.UNKNOWN, "the answer was lost")
    page = (await browser.get(day)).text
    assert "1 paper in thread" in page
    assert "Thrifty Transformers 1" in page
    assert "Thrifty Transformers 2" not in page
    assert "Thrifty Transformers 2" not in (await browser.get("/feed.atom")).text


async def test_sending_again_gives_the_same_id(store: Store) -> None:
    """A message has one id however often it is sent, and its thread is always open."""
    adapter: ChatAdapter = WebAdapter()
    post = await store.read(outbox.post_of_day, PAPERS.key, TODAY)
    assert post is not None
    header, paper, *_ = await store.read(outbox.messages, post.id)
    said = await store.read(content, post, paper)
    once = await adapter.send(PAPERS, post, paper, said)
    assert once == await adapter.send(PAPERS, post, paper, said) == Sent(f"web-{paper.nonce}")
    assert await adapter.open_thread(PAPERS, post, header) == await adapter.open_thread(PAPERS, post, header)


async def test_what_is_not_recorded_is_certainly_not_there(store: Store) -> None:
    """Looking for a message finds nothing, since nothing is visible before it is recorded."""
    post = await store.read(outbox.post_of_day, PAPERS.key, TODAY)
    assert post is not None
    message = (await store.read(outbox.messages, post.id))[1]
    assert await WebAdapter().find(PAPERS, post, message) is None


async def test_a_message_of_elsewhere_is_refused(store: Store) -> None:
    """A message that is not of the post, or has no thread to go to, is rejected."""
    post = await store.read(outbox.post_of_day, PAPERS.key, TODAY)
    assert post is not None
    message = (await store.read(outbox.messages, post.id))[1]
    said = await store.read(content, post, message)
    adapter = WebAdapter()
    assert isinstance(await adapter.send(PAPERS, replace(post, id=99), message, said), Rejected)
    assert isinstance(await adapter.send(PAPERS, replace(post, thread_id=None), message, said), Rejected)
