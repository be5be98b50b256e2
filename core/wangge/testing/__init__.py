"""What plugin tests import: districts, clients by role and the conformance suite."""

from wangge.testing.districts import Client, LiveServer, TestDistrict
from wangge.testing.streams import Closed, EventStream, Socket

__all__ = ["Client", "Closed", "EventStream", "LiveServer", "Socket", "TestDistrict"]
