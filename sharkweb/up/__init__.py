"""`python -m sharkweb.up`: starts and stops every process SharkAPI needs on one machine.

Nothing in this package imports Django or the project's models; it only knows commands,
processes and folders.
"""


class StartError(Exception):
    """Starting is impossible; the text is one line that tells the operator why."""
