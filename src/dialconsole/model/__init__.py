"""Plain data, shared by every room. No I/O, no clocks, no knowledge of who uses it."""
