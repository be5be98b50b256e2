"""Districts, where their data lives, and which plugins are on."""
