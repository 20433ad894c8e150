"""`python -m sync VERB …`: what loket.py runs inside its environment."""

from sync.cli.app import main

if __name__ == "__main__":
    raise SystemExit(main())
