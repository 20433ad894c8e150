"""The first-run assistant: one question a page, until the counter runs.

app.py answers the browser, each step_*.py is one question, place.py the files it writes. What needs the worker or other
verbs is lent by the command line (lent.py). Nothing is kept in memory that a restart would lose, but a consent under way.
"""
