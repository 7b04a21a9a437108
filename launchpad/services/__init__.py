"""Verbs on rows. They flush, never commit, and raise Refusal."""
