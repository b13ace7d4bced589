"""Do-not-call registries: imported from files, kept as one bit per number, asked at every call."""
