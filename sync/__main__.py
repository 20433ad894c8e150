"""`python -m sync VERB …`: what loket.py runs inside its environment."""

if __name__ == "__main__":
    try:
        from sync.cli.app import main

        code = main()
    except KeyboardInterrupt:  # before the program had begun
        code = 130
    raise SystemExit(code)
