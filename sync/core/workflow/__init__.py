"""The workflow language: what an office writes in workflows/*.yaml, read into models with file:line problems."""
