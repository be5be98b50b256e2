"""The page reads nothing from a district's database, so one kind of it will do."""

import pytest


@pytest.fixture
def backend() -> str:
    """SQLite alone."""
    return "sqlite"
