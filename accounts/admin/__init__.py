"""Staff's view of who is who, in `people.py`; `lists.py` and `links.py` are what the admin of every
room is made with.
"""

from accounts.admin import people
from accounts.admin.links import account_link

__all__ = ["account_link", "people"]
