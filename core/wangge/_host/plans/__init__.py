"""Compiles reads to SQL: one statement per operation, scoped and masked, whose text is the answer."""
