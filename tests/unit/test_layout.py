"""The shape of the project, held by a test, so that a contributor knows at once where a line goes."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "bot").rglob("*.py"))


def twins(place: Path) -> list[Path]:
    """Where the tests of a module are: in the unit tier, or in the store's own."""
    name = f"test_{place.stem.strip('_')}.py"
    tiers = [ROOT / "tests" / "unit" / place.parent / name]
    return [*tiers, ROOT / "tests" / "store" / name] if place.parts[0] == "store" else tiers


def test_every_module_has_its_test_file() -> None:
    """The tests mirror bot, file by file; only what has no function of its own needs none."""
    missing = []
    for module in MODULES:
        place = module.relative_to(ROOT / "bot")
        does_something = "def " in module.read_text("utf-8")
        if does_something and not any(twin.exists() for twin in twins(place)):
            missing.append(str(place))
    assert missing == []


def test_every_unit_test_has_its_module() -> None:
    """A test file whose module is gone goes too; only the one about the whole project has none."""
    stray = []
    for test in sorted((ROOT / "tests" / "unit").rglob("test_*.py")):
        name = test.stem.removeprefix("test_")
        folder = ROOT / "bot" / test.parent.relative_to(ROOT / "tests" / "unit")
        if not [*folder.glob(f"{name}.*"), *folder.glob(f"__{name}__.py")] and name != "layout":
            stray.append(str(test.relative_to(ROOT)))
    assert stray == []


def test_clock_and_environment_are_read_in_app_alone() -> None:
    """Whatever needs the time or a variable is given it."""
    readers = ("datetime.now(", "time.time(", "date.today(", "os.environ", "getenv(")
    found = {
        str(module.relative_to(ROOT / "bot")): reader
        for module in MODULES
        for reader in readers
        if reader in module.read_text("utf-8")
    }
    assert found.keys() <= {"app/__init__.py"}


def test_nothing_is_skipped_silenced_or_left_for_later() -> None:
    """Types and lints hold everywhere, and nothing is promised in a comment."""
    words = ("type: " + "ignore", "no" + "qa", "TO" + "DO", "FIX" + "ME", "Not" + "ImplementedError")
    for path in [*MODULES, *sorted((ROOT / "tests").rglob("*.py"))]:
        text = path.read_text("utf-8")
        for word in words:
            assert word not in text, f"{path.relative_to(ROOT)} has {word!r}"
