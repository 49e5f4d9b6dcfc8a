"""How soon `quality serve` is ready, and how much memory a worker takes, beside a bare Starlette application.

Prints one line of JSON: medians of the rounds, interleaved.
"""

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from quality import postgres

ROUNDS = 5
BARE = """
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
app = Starlette(routes=[Route("/readyz", lambda request: PlainTextResponse("ready"))])
uvicorn.run(app, port={port}, log_level="critical")
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measure(command: list[str], port: int, environment: dict[str, str]) -> tuple[float, float]:
    """Return the seconds until /readyz answers 200, and the resident memory then, in MB."""
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not answers(port):
            time.sleep(0.01)
        ready = time.perf_counter() - began
        status = Path(f"/proc/{process.pid}/status").read_text()
        kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
    return ready, kilobytes / 1024


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="quality-bench-") as folder:
        environment = {**os.environ, "QUALITY_HOME": folder}
        subprocess.run(
            [sys.executable, "-m", "quality", "migrate"], env=environment, check=True, capture_output=True
        )
        server = postgres.start(Path(folder))
        try:
            ours, bare = [], []
            for _ in range(ROUNDS):
                port = free_port()
                bare.append(measure([sys.executable, "-c", BARE.format(port=port)], port, environment))
                port = free_port()
                serve = [sys.executable, "-m", "quality", "serve", "--port", str(port)]
                ours.append(measure(serve, port, environment))
        finally:
            server.stop()
    figures = {
        "bench": "serve",
        "ready_s": round(statistics.median(seconds for seconds, _ in ours), 2),
        "bare_ready_s": round(statistics.median(seconds for seconds, _ in bare), 2),
        "memory_mb": round(statistics.median(memory for _, memory in ours), 1),
        "bare_memory_mb": round(statistics.median(memory for _, memory in bare), 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
