"""Alembic's environment, shared by all packages: the migrator hands over connection, package and metadata."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from wangge.db.columns import UtcDateTime

given = context.config.attributes
prefix: str = given["prefix"]
version_table: str = given["version_table"]


def include_name(name: str | None, kind: str, parents: Any) -> bool:  # Alembic's own mapping of parent names
    """Compare the package's own tables alone."""
    if kind == "table":
        own = bool(name and name.startswith(prefix))
        return own and not str(name).startswith(("wangge_version_", "wangge_unfinished"))
    return True


def include_object(item: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Leave other packages' tables out of the metadata's side too."""
    return kind != "table" or include_name(name, kind, {})


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write column types as plain SQLAlchemy, so that revisions import nothing of the project."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


def compare_type(
    migration: Any, inspected: Any, metadata_column: Any, inspected_type: Any, metadata_type: Any
) -> bool | None:
    """Compare enums by their length, and leave the rest to Alembic."""
    if isinstance(metadata_type, sa.Enum):
        return getattr(inspected_type, "length", None) != metadata_type.length
    if isinstance(metadata_type, UtcDateTime):
        return not isinstance(inspected_type, sa.DateTime)
    return None


context.configure(
    connection=given["connection"],
    target_metadata=given["metadata"],
    version_table=version_table,
    include_name=include_name,
    include_object=include_object,
    render_item=render_item,
    compare_type=compare_type,
    render_as_batch=given["connection"].dialect.name == "sqlite",
)
context.run_migrations()
