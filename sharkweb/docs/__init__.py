"""The API reference: Markdown sources for each language, as a page, as Markdown, for machines.

`facts.py` knows what the sources may name, `chapters.py` fills them in, `rendering.py` makes HTML
of them, `views.py` answers. It describes the API and decides nothing about it.
"""
