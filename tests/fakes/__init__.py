"""Small hand-written stand-ins for the adapters."""
