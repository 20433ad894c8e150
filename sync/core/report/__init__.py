"""The daily report: an office's day in figures, its stock, and the province's table of its regencies. Pure."""
