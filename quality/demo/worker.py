"""The worker of the demonstration, a child of its server: `python -m quality.demo.worker HOME PORT`."""

import asyncio
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from quality import app as composition
from quality import postgres
from quality.demo.running import demo_settings
from quality.worker import work


def main(home: Path, port: int) -> None:
    """Work until told to stop, or until the parent is gone."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s : %(message)s")
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    settings = demo_settings(home, postgres.find(home), port, "warning")
    asyncio.run(work(composition.compose(settings)))


def _stop_with_parent() -> None:
    """Wait for the end of the standard input, which the parent holds open and never writes to."""
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
