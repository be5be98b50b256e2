"""What a district's database keeps of its programmes, for the day when a package is gone."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from wangge.db.base import Model


class PluginTable(Model):
    """A table of a plugin, noted when its tables are made or upgraded.

    Kept when the plugin goes, so that a purge finds the tables of a package that is no longer there.
    """

    __tablename__ = "wangge_plugin_tables"

    plugin: Mapped[str] = mapped_column(String(64), primary_key=True)
    table_name: Mapped[str] = mapped_column(String(128), primary_key=True)
    purged_rows: Mapped[int | None] = mapped_column(BigInteger)
    """Rows that went with the table in a purge that is not on the record yet; None while it stands."""
