"""Where a callee may be: the zones and the jurisdictions that a number, a ZIP code and a state stand for."""
