"""A scroll view that can stand still while its content grows or shrinks above what is shown.

Textual repaints everything when the scroll offset changes and lays the screen out anew when the height of the content
does; at five changes a second both are most of the cost of a live table, and of the bytes over SSH.
"""

from __future__ import annotations

from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.widget import Widget

HEADER = 1
"""Lines above the first row that do not scroll."""


class StillView(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines below a fixed header, with the scroll offset under our control. Line numbers count from the header."""

    @property
    def body_width(self) -> int:
        """Cells left of the scrollbar, whether it is there or only its room."""
        return self.scrollable_content_region.width

    @property
    def body_height(self) -> int:
        """Rows that fit below the header."""
        return max(0, self.size.height - HEADER)

    def resize_content(self, rows: int) -> None:
        """Set how many rows there are; a new layout only when the scrollbar must appear or go."""
        size = Size(self.body_width, rows + HEADER)
        height = self.container_size.height
        if (size.height > height) != (self.virtual_size.height > height):
            self.virtual_size = size
        elif size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = size.height

    def scroll_unseen(self, top: int) -> None:
        """Make ``top`` the first row shown, without repainting: for when the same rows stay on the same lines."""
        top = min(max(top, 0), int(self.max_scroll_y))
        if top != self.scroll_offset.y:
            self.set_reactive(Widget.scroll_y, float(top))
            self.set_reactive(Widget.scroll_target_y, float(top))
            self.vertical_scrollbar.position = top

    def scroll_row_into_view(self, index: int) -> None:
        """Scroll as little as makes the row visible, at once: an animation would put a key press on the wrong row."""
        top = self.scroll_offset.y
        if not self.body_height:
            return
        if index < top:
            self.scroll_to(y=index, animate=False)
        elif index >= top + self.body_height:
            self.scroll_to(y=index - self.body_height + 1, animate=False)

    def refresh_screen_line(self, y: int) -> None:
        """Repaint one line of the widget, counted from its top."""
        self.refresh(Region(0, y, self.body_width, 1))
