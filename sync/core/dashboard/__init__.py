"""What the dashboard shows, as plain values: which applications a figure counts, and how its figures are told."""
