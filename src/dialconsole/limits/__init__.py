"""How many calls at once, how many a minute, how fast after one another."""
