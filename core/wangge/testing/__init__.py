"""What plugin tests import: districts, clients by role and the conformance suite."""

from wangge.testing.districts import Client, LiveServer, TestDistrict

__all__ = ["Client", "LiveServer", "TestDistrict"]
