// ── SharkAPI — complete JavaScript / Node.js example ──────────────

const SHARKAPI_KEY = process.env.SHARKAPI_KEY; // sk_live_...
const BASE_URL     = "https://www.sharkapi.dev";

// 1. Submit a generation job
async function generateImage(prompt, options = {}) {
  const body = { prompt, variant: "1k" };

  // Optional: attach a reference image (base64 or URL, not both)
  if (options.imageBase64) body.image     = options.imageBase64;
  if (options.imageUrl)    body.image_url = options.imageUrl;

  const res = await fetch(`${BASE_URL}/api/v1/image`, {
    method: "POST",
    headers: {
      "X-API-Key": SHARKAPI_KEY,
      "Content-Type": "application/json",
    },
    body: JSON.stringify(body),
  });

  if (!res.ok) {
    const err = await res.json();
    throw new Error(err.error ?? `HTTP ${res.status}`);
  }

  return res.json(); // { job_id, status: "queued", poll_url, price_usd }
}

// 2. Poll until completed or failed
async function waitForJob(jobId, timeoutMs = 180_000) {
  const url      = `${BASE_URL}/api/v1/jobs/${jobId}`;
  const headers  = { "X-API-Key": SHARKAPI_KEY };
  const deadline = Date.now() + timeoutMs;

  while (Date.now() < deadline) {
    const res = await fetch(url, { headers });
    if (!res.ok) throw new Error(`Poll failed: HTTP ${res.status}`);

    const job = await res.json();

    if (job.status === "completed") return job; // job.image_url is ready
    if (job.status === "failed")    throw new Error(job.error ?? "Job failed");

    // queued / processing — wait and retry
    await new Promise(r => setTimeout(r, 2000));
  }

  throw new Error("Job timed out after 3 minutes");
}

// 3. Full flow
async function main() {
  console.log("Submitting job...");
  const { job_id } = await generateImage(
    "A great white shark in bioluminescent deep ocean, cinematic, 8K"
  );

  console.log(`Job created: ${job_id} — polling...`);
  const job = await waitForJob(job_id);

  console.log("Done!");
  console.log("Image URL:", job.image_url);
  console.log("Cost:     ", job.cost);
}

main().catch(console.error);
