"""Verification of letters for citizens: page.py makes the page, lookup.py answers whether a letter was withdrawn, app.py serves both."""
