"""The commands people type. Imports nothing heavy: ``--help`` and ``status`` answer in about 100 ms."""
