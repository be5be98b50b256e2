"""Private engine of the server. Nothing in the kit, in the base programme or in a plugin imports it."""
