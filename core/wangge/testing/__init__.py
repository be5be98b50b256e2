"""What plugin tests import: districts, clients by role and the conformance suite."""

import typing as _typing

from wangge import deprecated_names as _deprecated_names
from wangge.testing.districts import Client, LiveServer, TestDistrict
from wangge.testing.streams import Closed, EventStream, Socket

__all__ = ["Client", "Closed", "EventStream", "LiveServer", "Socket", "TestDistrict"]

if not _typing.TYPE_CHECKING:  # for type checkers there are the listed names alone
    __getattr__ = _deprecated_names(__name__)
