"""The truth: applications, their events, documents, numbers and delivery intents, in SQLite or PostgreSQL."""
