"""One verb a file; adapters are made in wiring.py alone."""
