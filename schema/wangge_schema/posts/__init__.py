"""Posts: who serves which grid in which role; and the pairing of officials with building heads."""
