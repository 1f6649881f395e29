async function waitForJob(jobId) {
  const url     = `https://www.sharkapi.dev/api/v1/jobs/${jobId}`;
  const headers = { "Authorization": `Bearer ${process.env.SHARKAPI_KEY}` };

  while (true) {
    const res = await fetch(url, { headers });

    if (!res.ok) throw new Error(`Poll failed: HTTP ${res.status}`);

    const job = await res.json();

    if (job.status === "completed") {
      return job; // job.image_url is ready
    }

    if (job.status === "failed") {
      throw new Error(job.error ?? "Job failed — no charge applied");
    }

    // "queued" or "processing" — keep waiting
    await new Promise(r => setTimeout(r, 2000));
  }
}

// Full flow
const { job_id } = await generateImage("A shark in neon waters");
const job        = await waitForJob(job_id);

console.log(job.image_url); // permanent URL, ready to use
console.log(job.cost);      // "$0.03"
