"""dialconsole: outbound calling campaigns through LiveKit SIP, run and supervised from a terminal.

The folders are the rooms of ``docs/architecture.md``; imports point down only, and a check holds them to it.
"""

import logging

# A library says nothing on stderr by itself; ``dialconsole engine`` sets a log up.
logging.getLogger(__name__).addHandler(logging.NullHandler())

__version__ = "0.1.0"
