"""How long something has lasted, in at most five cells: ``0:09``, ``12:40``, ``2h10``, ``3d04``."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Minutes and seconds below an hour, hours and minutes below 100 hours, then days and hours.

    Never negative: the console's idea of now may run a little behind the engine's.
    """
    whole = max(0, int(seconds))
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02}"
    if whole < 100 * 3600:
        return f"{whole // 3600}h{whole % 3600 // 60:02}"
    return f"{whole // 86400}d{whole % 86400 // 3600:02}"


def countdown(seconds: float) -> str:
    """What is left: tenths below three seconds, where they decide something, whole seconds below a minute."""
    left = max(0.0, seconds)
    if left < 3:
        return f"{left:.1f} s"
    return f"{int(left)} s" if left < 60 else duration(left)
