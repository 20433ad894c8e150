"""Loket: a Google Form becomes a working public counter. `loket.py` starts it; see docs/."""
