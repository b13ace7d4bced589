"""The Textual app: a client of the engine. Knows ``control`` and ``model``, never what is behind them."""

import os

# A key that comes right after a flush waits for up to two of Textual's frames. Shorter frames halve that (95th
# percentile of key to paint 30 -> 18 ms) and cost nothing, since we paint when something changed, not per frame.
# Textual reads it once, when it is imported; whoever has set it keeps their value.
os.environ.setdefault("TEXTUAL_FPS", "120")
