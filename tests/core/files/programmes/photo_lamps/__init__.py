"""Lamps and their photos: a programme made up for the tests of files."""
