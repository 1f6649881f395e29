import httpx
from tests.conftest import Customer, wait_until


def test_main(site: str, workers: None, alice: Customer) -> None:
    r = httpx.post(f"{site}/api/v1/image", headers=alice.headers, json={"prompt": "x", "variant": "tiny"})
    assert r.status_code == 202, r.text
    url = site + r.json()["poll_url"]
    wait_until(lambda: httpx.get(url, headers=alice.headers).json()["status"] == "completed")
    job = httpx.get(url, headers=alice.headers).json()
    assert job["cost"] == "$0.03"
    image = httpx.get(job["image_url"])
    assert image.headers["content-type"] == "image/png"
