"""Answers → PDF bytes: templates, engines, the supervised pool, the read-back."""
