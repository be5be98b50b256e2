"""A programme whose rows and fields are as awkward as a programme's can be."""
