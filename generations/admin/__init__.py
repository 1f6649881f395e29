"""Staff's view of generation: jobs in `jobs.py`, the offers in `catalogue.py`, and what is counted
of both in `records.py`.
"""

from generations.admin import catalogue, jobs, records

__all__ = ["catalogue", "jobs", "records"]
