"""How does unoserver run as a keeper's child? Under the system's Python, quietly, and not longer than it."""

import ctypes
import os
import signal
import sys

from unoserver import server

PR_SET_PDEATHSIG = 1


class Quiet(server.XMLRPCServer):
    """Says nothing of each request that it answers."""

    def serve_forever(self, *args: float) -> None:
        self.logRequests = False
        super().serve_forever(*args)


def end_with_parent() -> None:
    """Were the keeper killed, nobody would end LibreOffice: so the kernel tells us, and the whole group ends."""
    signal.signal(signal.SIGUSR1, lambda *_: os.killpg(0, signal.SIGKILL))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGUSR1)


if __name__ == "__main__":
    end_with_parent()
    server.XMLRPCServer = Quiet
    sys.exit(server.main())
