"""Widgets of our own: what Textual has no fast or honest enough version of."""
