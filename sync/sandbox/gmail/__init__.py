"""Gmail v1: a profile, labels, drafts, sending, and the sent mail. What is sent lands in the sandbox's mailbox.

A service account has no mailbox and hears 400 failedPrecondition, as at Google without domain-wide delegation.
"""

from sync.sandbox.frame import Route
from sync.sandbox.gmail import drafts, messages, profile, store

SCHEMA: str = store.SCHEMA
ROUTES: list[Route] = [*profile.ROUTES, *drafts.ROUTES, *messages.ROUTES]
