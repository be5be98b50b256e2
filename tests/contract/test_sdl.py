"""The exported schema of the base programme is the one that is served."""

from pathlib import Path

from graphql import build_schema

from wangge._host.compose import compose
from wangge._host.plugins import PluginManager

EXPORTED = Path(__file__).resolve().parents[2] / "schema" / "schema.graphql"


def test_the_exported_schema_is_fresh() -> None:
    composed = compose(PluginManager().select([]))

    assert EXPORTED.read_text(encoding="utf-8") == composed.sdl, (
        "schema/schema.graphql is stale: "
        "run `uv run wangge schema export --plugins base -o schema/schema.graphql`"
    )


def test_the_exported_schema_can_be_read_by_others() -> None:
    schema = build_schema(EXPORTED.read_text(encoding="utf-8"))

    assert schema.query_type is not None
    assert {"node", "me", "district", "grid", "person"} <= set(schema.query_type.fields)
