"""The gate's questions, one module each. A new rule is a new module here and a line in ``compliance.standard``."""
