"""Why the ledger refuses; nothing moved in any of these cases."""


class InsufficientBalance(Exception):
    """The account has neither a free image nor enough money; nothing moved."""


class LimitReached(Exception):
    """There is enough money, but the limit leaves no room for it this month; nothing moved."""


class HoldResolved(Exception):
    """The hold was posted or voided before; nothing moved."""


class ReferenceReused(Exception):
    """The reference names another movement; nothing moved."""
