"""`python -m tests.bench`: how quick the public API is, beside a bare FastAPI doing the same.

Not collected by pytest: timing is no test. Every process it starts ends with it.
"""
