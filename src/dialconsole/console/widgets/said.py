"""Sentences of ours in Textual's own widgets: never markup, and without glyphs where the console has none."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from dialconsole.console.render.plain import plain


def said(widget: Widget, text: str) -> Content:
    """``text`` as it stands on this console."""
    return Content(plain(text) if without_glyphs(widget) else text)


def without_glyphs(widget: Widget) -> bool:
    """Whether the console was started with ``--ascii``."""
    return bool(getattr(widget.app, "ascii_only", False))
