"""Reference images that an account has already: its own results, and what it has sent before.

Only its own, and only from our storage: nothing is fetched from elsewhere. What comes from outside
is the form's and `generations/fetch/`'s.
"""

from dataclasses import dataclass
from typing import Literal

from accounts.models import Account
from generations import files, history, pictures
from generations.models import Job


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored picture that may be the next job's reference image.

    `field` is the form's that names its job: the result of one ("reference"), or the reference
    image that one had ("remix").
    """

    job: Job
    field: Literal["reference", "remix"]

    def read(self) -> tuple[bytes, str]:
        """The picture and its file extension, as `pictures.clean_reference` leaves them.

        Raises FileNotFoundError, StoreUnavailable, and what clean_reference raises.
        """
        if self.field == "remix":
            return files.read_input(self.job.input_name), self.job.input_name.rpartition(".")[2]
        data = files.read_result(self.job.image_name)
        if max(self.job.width, self.job.height) <= pictures.REFERENCE_SIDE_PIXELS:
            # It was decoded and written anew before it was stored.
            return data, "png"
        return pictures.clean_reference(data, pictures.PATIENCE_SECONDS, limit_bytes=len(data))


def find(account: Account, reference: str, remix: str) -> tuple[Kept | None, Job | None]:
    """The picture that those job ids name, and the job to be asked for once more, if they are
    the account's. The result comes before the reference image."""
    wanted = [job_id for job_id in (reference, remix) if job_id]
    jobs = {str(job.pk): job for job in history.by_ids(account, wanted)} if wanted else {}
    source, earlier = jobs.get(reference), jobs.get(remix)
    if source and source.image_path:
        return Kept(source, "reference"), earlier
    # What came as an address is asked for there again.
    if earlier and earlier.input_name and not earlier.input_url:
        return Kept(earlier, "remix"), earlier
    return None, earlier
