"""The baseline: the same two calls as a bare FastAPI app with asyncpg, served by granian.

It runs the product's own statements and answers the same JSON. It leaves out what a bare app
leaves out: reference images, idempotency, throttling, the checksum of keys, notes of their use.
"""

import hmac
import json
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any

import asyncpg  # type: ignore[import-untyped]  # It has no types.
from fastapi import FastAPI, Header, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

PEPPER = os.environ["BENCH_PEPPER"].encode()
STATEMENTS: dict[str, str] = json.loads(os.environ["BENCH_STATEMENTS"])
POOL_MAX = 10
DEADLINE_SECONDS = 180

Key = Annotated[str, Header(alias="x-api-key")]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], max_size=POOL_MAX) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


class Submission(BaseModel):
    prompt: str = Field(min_length=1, max_length=2000)
    variant: str = "1k"
    image_url: str | None = None


@app.get("/api/v1/jobs/{job_id}")
async def status(job_id: uuid.UUID, x_api_key: Key, host: Annotated[str, Header()]) -> JSONResponse:
    row = await app.state.pool.fetchrow(STATEMENTS["status"], digest(x_api_key), job_id)
    admit(row)
    *_, found, state, image_name, price_micros, error, created, started, finished, _late = row
    if found is None:
        raise HTTPException(404)
    is_completed = state == "completed"
    return JSONResponse(
        {
            "job_id": str(found),
            "status": state,
            "image_url": f"http://{host}/images/{image_name}" if is_completed else None,
            "cost": f"${price_micros / 1_000_000:.2f}" if is_completed else None,
            "error": error if state == "failed" else None,
            "queued_at": created,
            "started_at": started,
            "completed_at": finished if is_completed else None,
            "created_at": created,
        }
    )


@app.post("/api/v1/image")
async def submit(asked: Submission, x_api_key: Key) -> JSONResponse:
    job_id = uuid.uuid4()
    async with app.state.pool.acquire() as connection:
        offer = await connection.fetchrow(STATEMENTS["offer"], digest(x_api_key), asked.variant)
        admit(offer)
        key_id, account_id, *_, model_id, price_micros, width, height = offer
        if model_id is None:
            raise HTTPException(422)
        hold = await connection.fetchrow(
            STATEMENTS["submit"],
            *(job_id, account_id, key_id, None, model_id, "", asked.prompt, ""),
            *(asked.image_url or "", "", price_micros, width, height, DEADLINE_SECONDS),
            f"job:{job_id}",
        )
        if hold is None:
            raise HTTPException(402)
        _id, unit, amount, created_at = hold
        price_micros = 0 if unit == "image" else amount
        await connection.execute(STATEMENTS["notify"])
    return JSONResponse(
        {
            "job_id": str(job_id),
            "status": "queued",
            "poll_url": f"/api/v1/jobs/{job_id}",
            "price_usd": price_micros / 1_000_000,
            "created_at": timestamp(created_at),
        },
        status_code=202,
    )


def digest(token: str) -> bytes:
    return hmac.digest(PEPPER, token.encode(), "sha256")


def admit(row: Any) -> None:
    if row is None:
        raise HTTPException(401)
    _key, _account, is_revoked, is_suspended, is_unverified, *_ = row
    if is_revoked or is_suspended or is_unverified:
        raise HTTPException(403)


def timestamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
