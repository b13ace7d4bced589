"""From a view to what stands in a cell: pure functions, so that what an operator reads is tested without a terminal."""
