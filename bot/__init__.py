"""Broadsheet, a daily paper-digest bot."""

__version__ = "0.1.0"
