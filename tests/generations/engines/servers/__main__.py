"""`python -m tests.generations.engines.servers replicate --port N --seconds 5`, until SIGTERM.

Owns the command line. Keeps no record of requests, so that it can answer thousands of polls;
`GET /_counts` says how many of each step there were.
"""

import argparse
import os
import signal

from tests.generations.engines.servers import SERVERS, serve


def main() -> None:
    """Serves until SIGTERM or Ctrl-C. The engine finds the secret in its usual variable."""
    parser = argparse.ArgumentParser(prog="python -m tests.generations.engines.servers")
    parser.add_argument("provider", choices=sorted(SERVERS))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=0.0, help="that an image takes")
    asked = parser.parse_args()
    ended = {signal.SIGTERM, signal.SIGINT}
    # Before the thread starts, which inherits it: so only `sigwait` gets them.
    signal.pthread_sigmask(signal.SIG_BLOCK, ended)
    with serve(asked.provider, asked.port, seconds=asked.seconds, remembers=False) as server:
        server.secret = os.environ.get(server.secret_name, "secret")
        print(f"{server.name} listens on {server.origin}", flush=True)
        signal.sigwait(ended)


if __name__ == "__main__":
    main()
