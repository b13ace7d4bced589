"""Reading a call list: columns, numbers, zones, and the preflight before it is dialed."""
