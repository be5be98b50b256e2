"""Life of a programme in a district, and of a district's database: enable, suspend, resume, upgrade."""

from wangge._host.lifecycle.enabling import enable, resume
from wangge._host.lifecycle.failures import (
    PluginIsBase,
    PluginNotSuspended,
    PluginUnknown,
)
from wangge._host.lifecycle.suspending import suspend
from wangge._host.lifecycle.upgrading import upgrade_district

__all__ = [
    "PluginIsBase",
    "PluginNotSuspended",
    "PluginUnknown",
    "enable",
    "resume",
    "suspend",
    "upgrade_district",
]
