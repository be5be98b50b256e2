"""Opens the catalog and the districts' databases: a file each, or a schema each on PostgreSQL."""

from wangge._host.databases.engines import Engines
from wangge._host.databases.failures import coded
from wangge._host.databases.places import (
    CONNECTING,
    LOCK,
    Place,
    check_schema,
    create_schema,
    normal_url,
    sqlite_url,
)

__all__ = [
    "CONNECTING",
    "LOCK",
    "Engines",
    "Place",
    "check_schema",
    "coded",
    "create_schema",
    "normal_url",
    "sqlite_url",
]
