"""Runs MiniStack until whoever started it is gone: `server.py account` with the bridge, `server.py containers` with that of containers, too, `server.py store` as it is.

The port, the account and everything else come in environment variables: see server-process.ts.
"""
import os
import signal
import sys
import threading
from importlib.metadata import version

PINNED = "1.5.33"


def stop_with_parent():
    """The parent holds the other end of our stdin, which closes however it dies, by SIGKILL or a crash, too."""
    while os.read(0, 4096):  # not sys.stdin, whose lock a thread may not hold when Python ends
        pass
    os.killpg(0, signal.SIGTERM)  # the workers of the functions are in our process group


def main():
    role = sys.argv.pop(1)
    if version("ministack") != PINNED:
        sys.exit(f"server.py: the bridge reaches into the internals of ministack {PINNED}, found {version('ministack')}: "
                 "try account.py against the new version, then change PINNED and requirements.txt")
    threading.Thread(target=stop_with_parent, daemon=True).start()

    from ministack import app  # reads the environment as it is imported
    if role in ("account", "containers"):
        import account
        account.bridge()
    if role == "containers":
        import containers
        containers.bridge()
    app.main()


if __name__ == "__main__":
    main()
