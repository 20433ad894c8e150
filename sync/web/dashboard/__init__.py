"""The dashboard of officers, the head of office and the province, beside the citizens' pages and behind the same threshold."""
