"""Events of a district, written in the same transaction as the change they tell of."""
