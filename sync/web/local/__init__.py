"""What every form page for one person on this machine shares: the door (key, cookie, token), headers, look, templates."""
