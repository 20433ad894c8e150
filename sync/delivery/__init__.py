"""PDF → applicant: one channel a file."""
