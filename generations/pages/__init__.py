"""The pages on which jobs and their images are looked at: the history, one job, the files.

Each module here answers requests and no more; what it shows is found by the modules above it.
The playground, where images are made, is `generations/views.py`'s.
"""
