"""The district that is measured: how large it is, and its rows, the same on every machine."""
