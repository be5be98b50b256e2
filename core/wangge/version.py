"""The version of the distribution, and how versions are compared."""

import re

VERSION = "0.1.0"
"""Version of the distribution `wangge`: the platform and the base programme."""

_RELEASE = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")

Release = tuple[int, int, int]


def release_of(version: str) -> Release:
    """Return the release that a version belongs to; what follows the numbers (`rc1`, `.dev0`) is left out.

    A pre-release counts as the release it leads to, so that what ends with a version has ended in its
    pre-releases, where it can still be noticed.
    """
    found = _RELEASE.match(version)
    if found is None:
        raise ValueError(f"{version!r} is no version of the form 1.2.3")
    return int(found[1]), int(found[2]), int(found[3] or 0)


def minors_later(version: str, count: int) -> Release:
    """Return the release that comes a number of minor versions after the one given."""
    major, minor, _ = release_of(version)
    return major, minor + count, 0
