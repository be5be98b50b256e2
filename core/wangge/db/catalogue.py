"""Tables as a database's own catalogue has them, for packages that may not be installed any more."""

from collections.abc import Set

from sqlalchemy import Column, Connection, MetaData, Table, inspect


def reflect(connection: Connection, names: Set[str]) -> dict[str, Table]:
    """Return those of the named tables that a district has, with their columns and keys.

    They carry no schema, so that statements over them go where all statements of the connection go.
    """
    places = connection.get_execution_options().get("schema_translate_map") or {}
    inspector, schema = inspect(connection), places.get(None)
    found = {}
    for name in sorted(names & set(inspector.get_table_names(schema=schema))):
        keys = set(inspector.get_pk_constraint(name, schema=schema)["constrained_columns"])
        columns = [
            Column(one["name"], one["type"], nullable=one["nullable"], primary_key=one["name"] in keys)
            for one in inspector.get_columns(name, schema=schema)
        ]
        found[name] = Table(name, MetaData(), *columns)
    return found
