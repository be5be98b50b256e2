"""Composes one GraphQL schema per plugin set, under the rules that keep plugins from harming each other."""

from wangge._host.compose.cache import SchemaCache
from wangge._host.compose.schema import ComposedSchema, compose, needs_of

__all__ = ["ComposedSchema", "SchemaCache", "compose", "needs_of"]
