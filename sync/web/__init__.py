"""Pages for people, each served by its own verb: Starlette, and nothing from another host."""
