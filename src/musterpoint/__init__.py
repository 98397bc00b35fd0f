"""Musterpoint: incident response for teams that live in Slack and GitHub."""

__version__ = "0.1.0"
