"""The working calendar: statutory days off, made-up working days, and deadlines counted in them."""
