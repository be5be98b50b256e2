"""Settings of programmes in a district and its places: inherited, changed, told in GraphQL."""
