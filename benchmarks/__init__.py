"""Every speed figure of the project, beside its baseline, in one run: ``python -m benchmarks [NAME...]``."""
