"""Tables, column types, personal values at rest, and the session that applies the scope."""
