"""`python -m tests.bench.providers NAME SECONDS…`: a provider for each number of seconds.

One process for all, until SIGTERM. Prints their origins as JSON once they listen.
"""

import json
import signal
import sys
from contextlib import ExitStack

from tests.generations.engines.servers import serve

SECRET = "secret"


def main() -> None:
    name, *seconds = sys.argv[1:]
    ended = {signal.SIGTERM, signal.SIGINT}
    # Before the threads start, which inherit it: so only `sigwait` gets them.
    signal.pthread_sigmask(signal.SIG_BLOCK, ended)
    with ExitStack() as stack:
        servers = [
            stack.enter_context(serve(name, seconds=float(each), remembers=False))
            for each in seconds
        ]
        for server in servers:
            server.secret = SECRET
        print(json.dumps([server.origin for server in servers]), flush=True)
        signal.sigwait(ended)


if __name__ == "__main__":
    main()
