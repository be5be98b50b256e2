"""Use cases, by subject. Rows are locked in one order: a locker, then its parcels."""
