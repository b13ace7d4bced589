"""Real calls, through a LiveKit server and its SIP service."""
