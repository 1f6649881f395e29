"""Plain django-q2: the same site and jobs, but each job is one blocking task of its own.

Set up as django-q2's documentation has it. The engine, the checks, the store and the charge are
the project's; only who calls them differs.
"""
