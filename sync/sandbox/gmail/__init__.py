"""Gmail v1: a profile, drafts, sending, and the sent mail. What is sent lands in the sandbox's mailbox."""

from sync.sandbox.frame import Route
from sync.sandbox.gmail import handlers, store

SCHEMA: str = store.SCHEMA
ROUTES: list[Route] = handlers.ROUTES
