"""Faulty programmes, and that the suite catches each of them."""
