"""A programme whose fields answer, raise, hang or block."""
