"""A local Google for demo and tests: token, Sheets, Drive, Forms, Gmail, and a mail sink. Shares no code with sync."""
