"""One engine, many consoles: messages, framing, the server inside the engine, the client inside a console."""
