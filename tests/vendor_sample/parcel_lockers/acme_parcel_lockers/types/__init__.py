"""What frontends see, by subject; the enums are described in `enums`."""
