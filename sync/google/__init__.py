"""The only room that knows Google: credentials, one transport with one bounded retry, sheet, drive, gmail, forms."""
