"""What a database raises when a plan's statement is at fault, not the database; graphql-core answers then."""

import sqlite3

import asyncpg

_STATEMENTS = (
    sqlite3.ProgrammingError,
    asyncpg.DataError,
    asyncpg.ProgramLimitExceededError,
    asyncpg.CardinalityViolationError,
    asyncpg.SyntaxOrAccessError,
)
_TOO_LARGE = ("parser stack overflow", "too large", "too many", "too deep", "too complex")
_OF_VALUES = ("integer overflow",)


def is_too_large(error: BaseException) -> bool:
    """Say whether a statement is larger or deeper than the database takes, whatever its values are."""
    if isinstance(error, sqlite3.OperationalError):
        return any(part in str(error) for part in _TOO_LARGE)
    return isinstance(error, asyncpg.ProgramLimitExceededError)


_GONE = "no such table"
"""Said where another process has purged a programme, and this one does not know yet."""


def is_of_statement(error: BaseException) -> bool:
    """Say whether a statement, or what it computes of its values, made the database refuse it."""
    if isinstance(error, sqlite3.OperationalError):
        return is_too_large(error) or any(part in str(error) for part in (*_OF_VALUES, _GONE))
    return isinstance(error, _STATEMENTS)
