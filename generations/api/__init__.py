"""The public API under /api/v1/: `operations` does it, `routes.py` describes and serves it,
`lane.py` serves its two busiest calls without Django's request machinery.
"""
