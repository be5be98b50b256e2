"""Consents: why personal data are processed, and what people agreed to."""
