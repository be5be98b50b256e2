"""A vendor's programme and its life on a server: `parcel_lockers/` is the vendor's own folder."""

collect_ignore = ["parcel_lockers"]
"""Its tests run where the package is known, as `test_own_tests` does it: in a process of their own."""
