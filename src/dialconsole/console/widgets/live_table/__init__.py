"""A table of rows that change many times a second: our own Line-API widget.

Textual's DataTable rebuilds its cell cache and a list of all row offsets at every changed cell; it saturates at about
20 updates a second, even when what changed is off the screen. Here a change marks a row dirty, and the app's flush
(5 times a second) repaints the cells that are dirty, visible and really different. 100,000 rows cost what 50 do.

``rows``     the rows, and what is listed           ``order``   the sorted list of their ids
``columns``  which columns fit, and where           ``paint``   cells and roles to a line of the terminal
``painter``  lines, remembered by row               ``view``    scrolling that stands still
``widget``   cursor, keys, and what is repainted when
"""

from __future__ import annotations

from dialconsole.console.render.cell import Cell, Column
from dialconsole.console.widgets.live_table.widget import LiveTable

__all__ = ["Cell", "Column", "LiveTable"]
