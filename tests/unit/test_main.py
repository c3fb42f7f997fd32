"""How the command starts."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder

import pytest

from bot.__main__ import main


class CtrlC(MetaPathFinder):
    """A person who presses Ctrl-C while a module is looked for."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> None:
        """Interrupt."""
        raise KeyboardInterrupt


def test_an_interrupt_while_loading_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever presses Ctrl-C in the first moment sees the exit code of an interrupt and nothing else."""
    monkeypatch.delitem(sys.modules, "bot.cli", raising=False)
    monkeypatch.setattr(sys, "meta_path", [CtrlC()])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
