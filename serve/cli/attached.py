"""The command line bound to its parent process: ``python -m vitrion.serve.cli.attached train`` ends when that ends.

Standard input tells: it is a pipe that nobody writes to and that closes with the other process, however that ends.
"""

from __future__ import annotations

import os
import signal
import threading


def watch() -> None:
    """Wait for the end of standard input, then end this process and all that it started."""
    while os.read(0, 4096):  # past Python's buffer, whose lock an interpreter that ends would wait for
        pass
    if hasattr(os, "killpg"):
        os.killpg(os.getpgid(0), signal.SIGKILL)
    os._exit(1)


def main() -> None:
    """Run the command line under watch."""
    threading.Thread(target=watch, daemon=True).start()
    from .commands import main as run

    run()


if __name__ == "__main__":
    main()
