"""What `loket.py` does before the program runs. Standard library only; imports nothing else of sync."""
