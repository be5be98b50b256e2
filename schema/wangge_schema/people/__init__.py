"""People: persons, dwellings, households and residences."""
