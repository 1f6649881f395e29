"""Programs ready to paste, in three languages: one request, with a token and this address.

Text only. What a token may do is the API's affair.
"""

import json
import shlex

from django.utils.translation import gettext as _

# In the order of their tabs. The names are the same in every language.
LANGUAGES = {"curl": "cURL", "python": "Python", "javascript": "JavaScript"}
# What stands for the token where it is not known: a variable of the reader's environment.
ENVIRONMENT_NAME = "SHARKAPI_KEY"
PROMPT = "A great white shark in a bioluminescent deep ocean"

CURL = """\
curl {base_url}/api/v1/image \\
  -H "X-API-Key: {token}" \\
  -H "Content-Type: application/json" \\
  -d {body}"""

PYTHON = """\
import time
import requests  # pip install requests

api = "{base_url}/api/v1"
headers = {{"X-API-Key": {token}}}
job = requests.post(f"{{api}}/image", headers=headers, json={body}).json()

while job.get("status") in ("queued", "processing"):
    time.sleep(2)
    job = requests.get(f"{{api}}/jobs/{{job['job_id']}}", headers=headers).json()

print(job.get("image_url") or job.get("error"))"""

JAVASCRIPT = """\
const api = "{base_url}/api/v1";
const headers = {{ "X-API-Key": {token}, "Content-Type": "application/json" }};
const body = JSON.stringify({body});
let job = await (await fetch(`${{api}}/image`, {{ method: "POST", headers, body }})).json();

while (["queued", "processing"].includes(job.status)) {{
  await new Promise((resolve) => setTimeout(resolve, 2000));
  job = await (await fetch(`${{api}}/jobs/${{job.job_id}}`, {{ headers }})).json();
}}

console.log(job.image_url ?? job.error);"""


def generate(
    base_url: str, prompt: str, variant: str = "", image_url: str = "", token: str = ""
) -> dict[str, str]:
    """The same job by language; without a token it is read from the environment."""
    fields = {"prompt": prompt, "variant": variant, "image_url": image_url}
    body = {name: value for name, value in fields.items() if value}
    # A JSON object of strings is a literal of Python and of JavaScript, too.
    literal = json.dumps(body, ensure_ascii=False)
    python_token = json.dumps(token) if token else f'os.environ["{ENVIRONMENT_NAME}"]'
    javascript_token = json.dumps(token) if token else f"process.env.{ENVIRONMENT_NAME}"
    python = PYTHON.format(base_url=base_url, token=python_token, body=literal)
    return {
        "curl": CURL.format(
            base_url=base_url, token=token or f"${ENVIRONMENT_NAME}", body=shlex.quote(literal)
        ),
        "python": python if token else f"import os\n{python}",
        "javascript": JAVASCRIPT.format(base_url=base_url, token=javascript_token, body=literal),
    }


def first_request(base_url: str, token: str = "") -> dict[str, str]:
    """A request to begin with."""
    return generate(base_url, str(_(PROMPT)), token=token)
