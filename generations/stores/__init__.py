"""The kinds of places files can be kept in, which all behave alike: `base.py` says how."""
