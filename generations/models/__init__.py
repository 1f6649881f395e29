"""What is kept of generation: the catalogue, the jobs, their usage, and who works on them.

`jobs.py` beside this folder alone changes a job; the rows here only describe themselves.
"""

from generations.models.catalogue import CatalogueModel
from generations.models.jobs import DEADLINE_SECONDS, EXPECTED_SECONDS, Job, image_path
from generations.models.runners import HEARTBEAT_MAX_AGE_SECONDS, Runner, Timekeeper
from generations.models.usage import Usage

__all__ = [
    "DEADLINE_SECONDS",
    "EXPECTED_SECONDS",
    "HEARTBEAT_MAX_AGE_SECONDS",
    "CatalogueModel",
    "Job",
    "Runner",
    "Timekeeper",
    "Usage",
    "image_path",
]
