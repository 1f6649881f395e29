"""The settings' pages: one module for each thing that is set.

They answer requests and no more; the stories are told in the modules above.
"""
