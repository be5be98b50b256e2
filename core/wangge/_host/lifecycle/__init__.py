"""Life of a programme in a district, from the look ahead to the purge; and upgrades of a whole district."""

from wangge._host.lifecycle.enabling import enable, resume
from wangge._host.lifecycle.failures import (
    ExportTooLarge,
    PluginChanged,
    PluginIsBase,
    PluginNotSuspended,
    PluginPurged,
    PluginUnknown,
    PurgeNotConfirmed,
    RecordsKept,
)
from wangge._host.lifecycle.previewing import preview
from wangge._host.lifecycle.purging import purge
from wangge._host.lifecycle.suspending import suspend
from wangge._host.lifecycle.upgrading import upgrade_district

__all__ = [
    "ExportTooLarge",
    "PluginChanged",
    "PluginIsBase",
    "PluginNotSuspended",
    "PluginPurged",
    "PluginUnknown",
    "PurgeNotConfirmed",
    "RecordsKept",
    "enable",
    "preview",
    "purge",
    "resume",
    "suspend",
    "upgrade_district",
]
