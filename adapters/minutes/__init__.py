"""The minutes of a destruction as PDF. They are no official form, so they stand apart from the editions of those."""

from adapters.minutes.render import render_minutes

__all__ = ["render_minutes"]
