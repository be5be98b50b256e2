"""The plugin keeps the contract."""

from wangge.testing.conformance import *  # noqa: F403  # the suite is imported whole
