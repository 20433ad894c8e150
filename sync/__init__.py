"""Loket: a Google Form becomes a working public counter. `loket.py` starts it; see docs/."""

__version__ = "0.1.0"
