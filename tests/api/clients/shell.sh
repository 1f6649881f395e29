#!/bin/bash
# ── SharkAPI — complete shell script example ──────────────────────

TOKEN="sk_live_••••••••"
BASE="https://www.sharkapi.dev"

# 1. Submit job
RESPONSE=$(curl -s -X POST "$BASE/api/v1/image" \
  -H "X-API-Key: $TOKEN" \
  -H "Content-Type: application/json" \
  -d '{"prompt":"A great white shark in bioluminescent deep ocean, cinematic, 8K"}')

JOB_ID=$(echo "$RESPONSE" | grep -o '"job_id":"[^"]*"' | cut -d'"' -f4)
echo "Job created: $JOB_ID"

# 2. Poll every 2 seconds
while true; do
  POLL=$(curl -s "$BASE/api/v1/jobs/$JOB_ID" \
    -H "X-API-Key: $TOKEN")

  STATUS=$(echo "$POLL" | grep -o '"status":"[^"]*"' | cut -d'"' -f4)
  echo "Status: $STATUS"

  if [ "$STATUS" = "completed" ]; then
    echo "Image URL: $(echo $POLL | grep -o '"image_url":"[^"]*"' | cut -d'"' -f4)"
    break
  fi

  if [ "$STATUS" = "failed" ]; then
    echo "Job failed — no charge applied"
    break
  fi

  sleep 2
done
