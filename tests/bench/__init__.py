"""`python -m tests.bench`: how quick the API and the engine room are, beside a bare FastAPI and
plain django-q2 that do the same.

Not collected by pytest: timing is no test. Every process it starts ends with it.
"""
