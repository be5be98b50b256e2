"""Greetings: one field that plain Python answers row by row, which is all that Q8 is about."""
