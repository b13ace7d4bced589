"""``python -m dialconsole.cli``: how an engine is started in the background, whatever is on the PATH."""

from dialconsole.cli import main

main()
