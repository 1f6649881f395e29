"""The providers' servers on their own, as a process, for those who measure."""

import os
import signal
import subprocess
import sys

import httpx

from tests.conftest import CHECKOUT, free_port, wait_until


def test_a_server_can_be_a_process() -> None:
    port = free_port()
    command = [sys.executable, "-m", "tests.generations.engines.servers", "replicate"]
    command += ["--port", str(port), "--seconds", "0.1"]
    environment = {**os.environ, "REPLICATE_API_TOKEN": "secret"}
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        # It says so as soon as it listens.
        assert process.stdout.readline().strip().endswith(str(port).encode())
        site = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": "Bearer secret"}
        )
        wanted = {"input": {"prompt": "a shark", "width": 64, "height": 64}}
        made = site.post("/v1/models/shark-labs/painter/predictions", json=wanted).json()
        wait_until(lambda: site.get(made["urls"]["get"]).json()["status"] == "succeeded", 5)
        file = site.get(site.get(made["urls"]["get"]).json()["output"][0])
        assert file.headers["Content-Type"] == "image/png"
        counts = site.get("/_counts").json()
        assert (counts["submit"], counts["file"], counts["images"]) == (1, 1, 1)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0
