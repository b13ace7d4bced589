"""One call: the backend protocol, the backends, SIP codes and machine detection."""
