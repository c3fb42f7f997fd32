"""The outbox against a platform that loses answers, and a bot that dies at any moment."""

import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.models import State
from bot.store import Store, channels, outbox
from bot.store.database import connect
from tests.store import samples
from tests.store.samples import CHANNEL, NOW

MESSAGES = (1, 2)
"""The header and one paper."""

NONCE_WINDOW = timedelta(seconds=60)
"""For so long the platform knows a nonce again and shows the message once."""


class Outbox(RuleBasedStateMachine):
    """Send as the outbox allows: what is unknown for too long after a look at the platform, all else blindly."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "history.db"
        shutil.copyfile(self.template, path)
        self.db = connect(path)
        self.db.execute("BEGIN")
        self.now: datetime = NOW
        self.under_way: set[int] = set()
        self.arrived: dict[int, str] = {}
        self.since: dict[int, datetime] = {}

    @rule(message=st.sampled_from(MESSAGES))
    def send(self, message: int) -> None:
        """Claim and let the request go out; an old unknown message is looked for before."""
        was = outbox.message(self.db, message)
        assert was is not None
        old = was.claimed is None or self.now - was.claimed >= NONCE_WINDOW
        if was.state is State.UNKNOWN and old and message in self.arrived:
            outbox.record_sent(self.db, message, self.arrived[message], self.now)
        elif outbox.claim(self.db, message, self.now) is not None:
            assert message not in self.under_way
            self.under_way.add(message)

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), answer=st.sampled_from(["sent", "lost after", "lost before", "later", "never"]))
    def answer(self, data: st.DataObject, answer: str) -> None:
        """The platform takes the message, or not, and the bot hears of it, or not."""
        message = data.draw(st.sampled_from(sorted(self.under_way)))
        self.under_way.remove(message)
        if answer in ("sent", "lost after"):
            self.arrive(message)
        match answer:
            case "sent":
                outbox.record_sent(self.db, message, self.arrived[message], self.now)
            case "lost after" | "lost before":
                outbox.record_unsent(self.db, message, State.UNKNOWN, "no answer")
            case "later":
                again = self.now + timedelta(seconds=30)
                outbox.record_unsent(self.db, message, State.FAILED, "too many requests", again)
            case "never":
                outbox.record_unsent(self.db, message, State.REJECTED, "forbidden")

    @rule(data=st.data())
    def die_and_start_again(self, data: st.DataObject) -> None:
        """The bot dies; each request under way arrives or does not; the next start disowns them all."""
        for message in sorted(self.under_way):
            if data.draw(st.booleans()):
                self.arrive(message)
        self.under_way.clear()
        outbox.disown(self.db, CHANNEL.key)

    @rule()
    def retry(self) -> None:
        """A person asks for what failed or was refused to be tried again."""
        outbox.retry(self.db, 1)

    @precondition(lambda self: not self.under_way)
    @rule(seconds=st.sampled_from([1, 30, 90]))
    def wait(self, seconds: int) -> None:
        """Time goes by."""
        self.now += timedelta(seconds=seconds)

    def arrive(self, message: int) -> None:
        """The platform shows the message, unless it knows the nonce: a second time, and the test has failed."""
        known = self.since.setdefault(message, self.now)
        assert message not in self.arrived or self.now - known < NONCE_WINDOW, "posted twice"
        self.arrived[message] = f"m{message}"

    @invariant()
    def what_is_told_is_true(self) -> None:
        """Sent means there; pending and failed mean surely not there; sending means under way."""
        for message in outbox.messages(self.db, 1):
            match message.state:
                case State.SENT:
                    assert self.arrived[message.id] == message.platform_id
                case State.PENDING | State.FAILED:
                    assert message.id not in self.arrived
                case State.SENDING:
                    assert message.id in self.under_way
            assert (message.id in self.under_way) == (message.state is State.SENDING)

    def teardown(self) -> None:
        """Everything is delivered in the end, once nothing goes wrong any more, and exactly once."""
        self.under_way.clear()
        outbox.disown(self.db, CHANNEL.key)
        outbox.retry(self.db, 1)
        self.now += timedelta(days=1)
        for message in MESSAGES:
            self.send(message)
            if message in self.under_way:
                self.arrive(message)
                outbox.record_sent(self.db, message, self.arrived[message], self.now)
        assert set(self.arrived) == set(MESSAGES)
        assert outbox.states(self.db) == {State.SENT: len(MESSAGES)}
        self.db.close()
        self.folder.cleanup()


def test_every_message_arrives_exactly_once(tmp_path: Path) -> None:
    """Whatever is lost, refused, retried or killed: none is posted twice, and none is forgotten."""
    Outbox.template = tmp_path / "template.db"
    Store.open(Outbox.template).close()
    db = connect(Outbox.template)
    db.execute("BEGIN")
    channels.sync(db, [CHANNEL])
    samples.insert(db, samples.admit(db, 1))
    db.execute("COMMIT")
    db.close()
    run_state_machine_as_test(
        Outbox,
        settings=settings(
            max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
