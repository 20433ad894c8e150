"""What every page for the open internet goes through, and what its forms need: nothing here knows what the pages are about."""
