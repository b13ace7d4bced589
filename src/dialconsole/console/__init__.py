"""The Textual app: a client of the engine. Knows ``control`` and ``model``, never what is behind them."""
