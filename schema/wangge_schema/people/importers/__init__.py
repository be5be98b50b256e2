"""Files that bring people: lists of residents."""

from wangge_schema.people.importers.residents import RESIDENTS

IMPORTERS = (RESIDENTS,)
"""For the hook `importers`."""

__all__ = ["IMPORTERS", "RESIDENTS"]
