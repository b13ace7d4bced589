"""The engine's desk: what people ask for, done, written down, answered. One module per subject."""
