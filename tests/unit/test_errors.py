"""The error tree that callers rely on."""

import inspect

from bot import errors


def test_every_error_descends_from_the_base_and_stands_in_the_tree() -> None:
    """One ``except BroadsheetError`` catches all of ours, and the docstring names each of them."""
    found = {
        name: member
        for name, member in vars(errors).items()
        if inspect.isclass(member) and issubclass(member, Exception)
    }
    assert found
    for name, member in found.items():
        assert issubclass(member, errors.BroadsheetError)
        assert name in (errors.__doc__ or "")
