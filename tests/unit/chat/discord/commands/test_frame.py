"""Who asks sees what they may; how an answer is given is tested in ``contract``."""

from dataclasses import replace

from bot.chat.discord.commands.frame import Asker
from tests.store.samples import CHANNEL, on_discord


def test_an_asker_sees_the_channels_of_their_server() -> None:
    """Not those of others, not those of other platforms, not those that are hidden from them."""
    asker = Asker("discord:1", "77")
    assert asker.sees(on_discord(5))
    assert not asker.sees(on_discord(5, server="88"))
    assert not asker.sees(replace(CHANNEL, server="77"))
    assert not asker.sees(replace(on_discord(5), server=None))
    assert not replace(asker, hides=lambda address: address == "5").sees(on_discord(5))
    assert replace(asker, hides=lambda address: address == "5").sees(on_discord(6))
