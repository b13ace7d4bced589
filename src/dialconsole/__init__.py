"""dialconsole: outbound calling campaigns through LiveKit SIP, run and supervised from a terminal.

The folders are the rooms of ``docs/architecture.md``; imports point down only, and a check holds them to it.
"""

__version__ = "0.1.0"
