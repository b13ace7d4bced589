"""Everything a person can ask of an engine: one struct per request, with the role it needs and what it answers.

The console, the command line and (later) other programs all speak these; the engine's desk answers them. A request
that changes something is idempotent, is written to the audit before it is answered, and names a reason if it has one.

One module per subject; ``union`` has them all, for whoever must tell one from another. This package loads none of them:
a command needs few, and making their structs is a good part of the time in which it answers.
"""
