"""What plugin tests import: districts, clients by role, factories, a clock, planted faults; and the suite."""

import typing as _typing

from wangge import deprecated_names as _deprecated_names
from wangge.testing.clock import Clock
from wangge.testing.districts import Client, LiveServer, TestDistrict
from wangge.testing.factories import MadePerson, Make
from wangge.testing.faults import Faults, PlantedFault
from wangge.testing.streams import Closed, EventStream, Socket

__all__ = [
    "Client",
    "Clock",
    "Closed",
    "EventStream",
    "Faults",
    "LiveServer",
    "MadePerson",
    "Make",
    "PlantedFault",
    "Socket",
    "TestDistrict",
]

if not _typing.TYPE_CHECKING:  # for type checkers there are the listed names alone
    __getattr__ = _deprecated_names(__name__)
