# ── SharkAPI — complete Python example ────────────────────────────
import os, time, httpx

SHARKAPI_KEY = os.environ["SHARKAPI_KEY"]  # sk_live_...
BASE_URL     = "https://www.sharkapi.dev"

def generate_image(prompt: str, image_path: str | None = None, image_url: str | None = None) -> dict:
    """Submit a generation job. Returns the job dict with job_id."""
    headers = {
        "X-API-Key": SHARKAPI_KEY,
        "Content-Type": "application/json",
    }
    body = {"prompt": prompt, "variant": "1k"}

    if image_path:
        import base64
        with open(image_path, "rb") as f:
            body["image"] = base64.b64encode(f.read()).decode()
    elif image_url:
        body["image_url"] = image_url

    res = httpx.post(f"{BASE_URL}/api/v1/image", headers=headers, json=body, timeout=30)
    res.raise_for_status()
    return res.json()  # { job_id, status, poll_url, price_usd }


def wait_for_job(job_id: str, timeout: int = 180) -> dict:
    """Poll until completed or failed. Returns the completed job dict."""
    url      = f"{BASE_URL}/api/v1/jobs/{job_id}"
    headers  = {"X-API-Key": SHARKAPI_KEY}
    deadline = time.time() + timeout

    while time.time() < deadline:
        res = httpx.get(url, headers=headers, timeout=10)
        res.raise_for_status()
        job = res.json()

        if job["status"] == "completed":
            return job  # job["image_url"] is ready
        if job["status"] == "failed":
            raise RuntimeError(job.get("error") or "Job failed — no charge applied")

        time.sleep(2)  # queued / processing — keep polling

    raise TimeoutError("Job timed out after 3 minutes")


# Full flow
if __name__ == "__main__":
    print("Submitting job...")
    job_info = generate_image(
        "A great white shark in bioluminescent deep ocean, cinematic, 8K"
    )
    job_id = job_info["job_id"]
    print(f"Job created: {job_id} — polling...")

    job = wait_for_job(job_id)
    print("Done!")
    print("Image URL:", job["image_url"])
    print("Cost:     ", job["cost"])
