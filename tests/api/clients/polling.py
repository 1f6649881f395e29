import time, httpx

def wait_for_job(job_id: str) -> dict:
    url     = f"https://www.sharkapi.dev/api/v1/jobs/{job_id}"
    headers = {"Authorization": f"Bearer {SHARKAPI_KEY}"}

    while True:
        res = httpx.get(url, headers=headers, timeout=10)
        res.raise_for_status()
        job = res.json()

        if job["status"] == "completed":
            return job  # job["image_url"] is ready

        if job["status"] == "failed":
            raise RuntimeError(job.get("error") or "Job failed — no charge applied")

        # "queued" or "processing" — keep waiting
        time.sleep(2)

# Full flow
job_id = generate_image("A shark in neon waters")["job_id"]
job    = wait_for_job(job_id)

print(job["image_url"])  # permanent URL
print(job["cost"])       # "$0.03"
