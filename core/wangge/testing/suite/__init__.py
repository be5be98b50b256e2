"""The tests of the conformance suite, by subject; `wangge.testing.conformance` brings them all."""
