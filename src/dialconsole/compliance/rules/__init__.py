"""The rule book: what the law of each place asks of a call. Rows of data (``*.toml``) and the code that reads them."""
