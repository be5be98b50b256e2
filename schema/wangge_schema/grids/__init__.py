"""Grids (网格): the district's tree, its history, and what is bound to it."""
