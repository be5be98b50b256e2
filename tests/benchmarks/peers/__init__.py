"""The servers that are measured: the project's own, and those it is compared with."""
