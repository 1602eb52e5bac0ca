"""Says whether this Python can run Secondment Ledger, before anything is installed.

It must be readable by every Python that somebody might have, so that an old one
gets a sentence and not a syntax error. Exit status 0: go on; 1: a sentence on stderr.
The argument, if given, is the folder of the virtual environment to be used.
"""

import os
import sys

OLDEST = (3, 11)
NEWEST = (3, 14)


def problem(folder):
    """The sentence for the person at the terminal, or None."""
    running = "%d.%d" % sys.version_info[:2]
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        return (
            "Secondment Ledger needs Python 3.11, 3.12, 3.13 or 3.14; %s is Python %s.\n"
            "Name a newer one, for example:  make PYTHON=python3.12 test\n"
            "On Debian 12 or newer:  apt install python3 python3-venv" % (sys.executable, running)
        )
    try:
        import ensurepip
        import venv
    except ImportError:
        return (
            "This Python (%s) cannot make a virtual environment: its venv part is missing.\n"
            "On Debian:  apt install python3-venv    (for another version: python%s-venv)"
            % (sys.executable, running)
        )
    made_with = version_of(folder)
    if made_with not in (None, running):
        return (
            "The environment in %s was made with Python %s, and PYTHON is now %s.\n"
            "Choose another folder (make VENV=.venv-%s ...), or remove %s and run make again."
            % (folder, made_with, running, running, folder)
        )
    return None


def version_of(folder):
    """The version of Python that made the environment in this folder, if there is one."""
    marker = os.path.join(folder, "pyvenv.cfg") if folder else ""
    if not os.path.exists(marker):
        return None
    with open(marker) as lines:
        for line in lines:
            name, _, value = line.partition("=")
            if name.strip() in ("version", "version_info"):
                return ".".join(value.strip().split(".")[:2])
    return None


if __name__ == "__main__":
    sentence = problem(sys.argv[1] if len(sys.argv) > 1 else None)
    if sentence:
        sys.exit(sentence)
