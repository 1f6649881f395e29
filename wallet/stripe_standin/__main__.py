"""`python -m wallet.stripe_standin`: the stand-in as a process of its own, until SIGTERM.

Owns the command line and the end. A request under way at the end is done whole or not at all; a
delivery under way is sent again by the next process.
"""

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from wallet.stripe_standin import background
from wallet.stripe_standin.server import HOST, Server
from wallet.stripe_standin.state import Config, State

# That of the official library 16.1; an endpoint's version must be the one of the library that
# reads its events.
API_VERSION = "2026-10-28.endive"


def arguments() -> argparse.Namespace:
    """What was said on the command line."""
    parser = argparse.ArgumentParser(prog="python -m wallet.stripe_standin", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="keeps what must last")
    parser.add_argument("--webhook-url", required=True, help="where events are sent")
    parser.add_argument("--secret", action="append", required=True, help="whsec_…; can be repeated")
    parser.add_argument("--api-key", help="sk_test_…; without it any such key is let in")
    parser.add_argument("--api-version", default=API_VERSION, help="of the events")
    parser.add_argument("--business", default="SharkAPI", help="the name on pages and receipts")
    parser.add_argument("--with-fees", action="store_true", help="2.9%% + $0.30 a charge")
    parser.add_argument("--verbose", action="store_true", help="log every request")
    return parser.parse_args()


def main() -> None:
    """Serves until SIGTERM or Ctrl-C."""
    asked = arguments()
    logging.basicConfig(level=logging.INFO if asked.verbose else logging.WARNING)
    address = f"http://{HOST}:{asked.port}"
    config = Config(address, asked.api_key, asked.api_version, asked.business, asked.with_fees)
    state = State(asked.folder, config)
    with state.transaction():
        state.set("webhook_url", asked.webhook_url)
        state.set("secrets", asked.secret)
    server = Server(asked.port, state)
    background.start(state)

    def stop(number: int, frame: FrameType | None) -> None:
        # In a thread, since shutdown waits for the loop that this handler interrupts.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stderr.write(f"The stand-in for Stripe listens on {address}\n")
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    # Whoever is inside a transaction finishes it; nobody gets into another one.
    state.close()


if __name__ == "__main__":
    main()
