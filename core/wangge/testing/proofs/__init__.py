"""Proof that no answer tells of rows that its caller may not see.

What is planted follows from the tables, and what is asked from the schema, so that whatever a programme adds
is planted, asked for and compared too.
"""
