"""Opens the catalog and the districts' databases: a file each, or a schema each on PostgreSQL."""

from wangge._host.databases.engines import Engines
from wangge._host.databases.places import LOCK, Place, check_schema, create_schema, normal_url, sqlite_url

__all__ = ["LOCK", "Engines", "Place", "check_schema", "create_schema", "normal_url", "sqlite_url"]
