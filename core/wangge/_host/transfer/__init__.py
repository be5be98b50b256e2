"""Districts as units: written to a file, made from a file, moved to another place."""
