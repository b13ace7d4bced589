"""Campaigns, the queue, the dialer, the life of one call, retry, recovery: where the other rooms are wired."""
