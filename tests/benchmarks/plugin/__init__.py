"""Programmes that only the benchmarks load."""
