"""The programme follows the contract of plugins."""

from wangge.testing.conformance import *  # noqa: F403  # the suite is imported whole, by design
