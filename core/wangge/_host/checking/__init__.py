"""What a programme is held to: the quality scale, and a run of the suite on a built wheel."""
