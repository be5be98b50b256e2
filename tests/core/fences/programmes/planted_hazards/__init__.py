"""A programme that raises, hangs and blocks when it is asked to."""
