"""Dates in digest files, which often lack their year, and in their names."""

import re
from datetime import date

_MONTHS = {
    month: number
    for number, month in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(?P<year>(?:19|20)\d\d))?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+)?"
_WORDS = (
    re.compile(rf"{_WEEKDAY}{_MONTH}\s+{_DAY}{_YEAR}", re.IGNORECASE),
    re.compile(rf"{_WEEKDAY}{_DAY}\s+{_MONTH}{_YEAR}", re.IGNORECASE),
)
_NUMERIC = re.compile(r"(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)")
_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_.]?)([01]\d)\2([0-3]\d)(?!\d)")
_YEAR_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_LEAP_CYCLE = 8
"""Any two neighbouring leap years are at most this far apart (1896 and 1904)."""


def make(year: int, month: int, day: int) -> date | None:
    """Return that date, or None if there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def in_name(name: str) -> date | None:
    """Return the first full date in a file's name (``2025-03-11``, ``20250311``), if any."""
    for match in _IN_NAME.finditer(name):
        if found := make(int(match[1]), int(match[3]), int(match[4])):
            return found
    return None


def is_date(line: str) -> bool:
    """Whether ``line`` is a date and nothing else, with or without a year."""
    return _parts(line) is not None


def resolve(line: str | None, *, name: str, modified: date) -> date | None:
    """Return the date that a digest's date line means.

    A year missing from the line is that of the file's name if it has one (the nearest such day to a full
    date there), else the latest such day not after ``modified``. Without a line, the date in the name.
    """
    named = in_name(name)
    parts = _parts(line) if line else None
    if parts is None:
        return named
    year, month, day = parts
    if year is not None:
        return make(year, month, day)
    if named:
        days = _candidates(named.year + _LEAP_CYCLE, month, day)
        return min(days, key=lambda d: abs(d - named), default=None)
    if in_name_year := _YEAR_IN_NAME.search(name):
        days = _candidates(int(in_name_year[1]), month, day)
    else:
        days = [d for d in _candidates(modified.year, month, day) if d <= modified]
    return max(days, default=None)


def _candidates(last_year: int, month: int, day: int) -> list[date]:
    years = range(max(1, last_year - 2 * _LEAP_CYCLE), min(last_year, 9999) + 1)
    return [found for year in years if (found := make(year, month, day))]


def _parts(line: str) -> tuple[int | None, int, int] | None:
    """Return year (None if missing), month and day of a line that is a date, if such a day can be."""
    line = line.strip()
    for pattern in (*_WORDS, _NUMERIC):
        if match := pattern.fullmatch(line):
            month = match["month"].lower()
            number = _MONTHS[month[:3]] if month[:3] in _MONTHS else int(month)
            year = int(match["year"]) if match["year"] else None
            if make(year or 2000, number, int(match["day"])):
                return year, number, int(match["day"])
    return None
