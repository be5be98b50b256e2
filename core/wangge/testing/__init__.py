"""What plugin tests import: districts, clients by role and the conformance suite."""
