"""Proves that jobs, holds, charges and the usage table tell the same story.

Reads only, in one snapshot; it never repairs. That balances agree with holds and charges is
`wallet/audit.py`'s to prove.
"""

from wallet import alerts
from wallet.audit import snapshot

FINDINGS_MAX = 50

# An open job has an open hold of its own price, a completed one its charge, a failed one neither.
HOLDS = """
SELECT format('job %%s is %%s, its hold of %%s %%s is %%s', job.id, job.status,
    coalesce(hold.amount::text, 'no'), coalesce(book.unit, 'amount'),
    coalesce(hold.status, 'missing'))
FROM generations_job job
LEFT JOIN wallet_hold hold ON hold.id = job.hold_id
LEFT JOIN wallet_book book ON book.id = hold.book_id
WHERE job.imported_at IS NULL AND (
    hold.id IS NULL
    OR hold.status <> CASE job.status
        WHEN 'completed' THEN 'posted' WHEN 'failed' THEN 'voided' ELSE 'held' END
    OR hold.reference <> 'job:' || job.id
    OR book.account_id <> job.account_id
    OR CASE job.price_micros
        WHEN 0 THEN book.unit <> 'image' OR hold.amount <> 1
        ELSE book.unit <> 'usd' OR hold.amount <> job.price_micros END
)
LIMIT %(limit)s
"""

JOBLESS = """
SELECT format('hold %%s is %%s without a job', hold.reference, hold.status)
FROM wallet_hold hold
WHERE hold.reference LIKE 'job:%%'
  AND NOT EXISTS (SELECT FROM generations_job job WHERE job.hold_id = hold.id)
LIMIT %(limit)s
"""

IMPORTED = """
SELECT format('job %%s was imported, and is %%s for %%s', id, status, price_micros)
FROM generations_job
WHERE imported_at IS NOT NULL
  AND (hold_id IS NOT NULL OR price_micros <> 0 OR status NOT IN ('completed', 'failed'))
LIMIT %(limit)s
"""

# What counts under a token's limit was made with that token.
BUDGETS = """
SELECT format('job %%s of token %%s counts under %%s', job.id, job.key_id, budget.name)
FROM wallet_hold hold
JOIN wallet_budget budget ON budget.id = hold.budget_id
JOIN generations_job job ON job.hold_id = hold.id
WHERE budget.name <> 'key:' || job.key_id
LIMIT %(limit)s
"""

# What counts as spent before a token had a limit was spent with it, and not under one.
EARLIER = """
SELECT format('%%s counts %%s of before in %%s, its jobs only %%s',
    budget.name, budget.earlier, to_char(budget.month, 'YYYY-MM'), coalesce(spent.total, 0))
FROM wallet_budget budget
LEFT JOIN LATERAL (
    SELECT sum(hold.amount) AS total
    FROM generations_job job
    JOIN wallet_hold hold ON hold.id = job.hold_id
    JOIN wallet_book book ON book.id = hold.book_id
    WHERE job.key_id = substr(budget.name, 5)::bigint
      AND hold.budget_id IS NULL AND hold.status = 'posted' AND book.unit = 'usd'
      AND date_trunc('month', hold.created_at AT TIME ZONE 'UTC') = budget.month
) spent ON true
WHERE budget.earlier > coalesce(spent.total, 0) AND budget.name ~ '^key:[0-9]+$'
LIMIT %(limit)s
"""

USAGE = """
WITH counted AS (
    SELECT account_id, count(*) AS jobs,
        coalesce(sum(price_micros) FILTER (WHERE status = 'completed'), 0) AS spent
    FROM generations_job
    WHERE usage_counted AND imported_at IS NULL AND failure_kind <> 'cancelled'
    GROUP BY account_id
), kept AS (
    SELECT account_id, sum(images + free_images + failures) AS jobs, sum(spent_micros) AS spent
    FROM generations_usage GROUP BY account_id
)
SELECT format('account %%s used %%s jobs for %%s, the usage table says %%s for %%s',
    account_id, coalesce(counted.jobs, 0), coalesce(counted.spent, 0), coalesce(kept.jobs, 0),
    coalesce(kept.spent, 0))
FROM counted FULL JOIN kept USING (account_id)
WHERE (counted.jobs, counted.spent) IS DISTINCT FROM (kept.jobs, kept.spent)
LIMIT %(limit)s
"""


def findings() -> list[str]:
    """What should be impossible, each in a sentence for an operator, at most 50 of each kind."""
    found: list[str] = []
    with snapshot() as cursor:
        for statement in (HOLDS, JOBLESS, BUDGETS, EARLIER, IMPORTED, USAGE):
            cursor.execute(statement, {"limit": FINDINGS_MAX})
            found += [row[0] for row in cursor.fetchall()]
    return found


def run() -> int:
    """Tells staff of each finding; how many there are."""
    found = findings()
    for finding in found:
        alerts.raise_alert("job drift", finding[:255], finding)
    return len(found)
