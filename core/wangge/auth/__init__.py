"""Who asks, what they may do, which rows they may see, and the record of what they did."""
