"""Errors that reach a person are sentences: what happened, what it means, what to do."""

from __future__ import annotations


class Problem(Exception):
    """Something a person can mend. ``str(problem)`` is the sentence; ``code`` is for programs.

    The command line prints it on stderr and exits with 1, the control server answers with it, the console shows it.
    A traceback for a person is a bug in dialconsole; a ``Problem`` is not.
    """

    def __init__(self, sentence: str, *, code: str = "problem") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
