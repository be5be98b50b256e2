"""What a programme holds on persons: that the map names it."""

from wangge._host.plugins import LoadedPlugin
from wangge.testing.reporting import checks, insist


@checks("personal_map")
def test_its_personal_columns_exist(plugin: LoadedPlugin) -> None:
    """The personal-data map names real columns, and the key that says whose row it is."""
    tables = {model.__tablename__: model.__table__ for model in plugin.models}
    faults = []
    for entry in plugin.manifest.personal_data:
        named = {*entry.columns, entry.person_key, *filter(None, [entry.retention_from])}
        missing = named - set(tables[entry.table].c.keys())
        faults += [f"{entry.table} has no column {name}." for name in sorted(missing)]
    insist(faults)
