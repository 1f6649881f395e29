"""Money that goes back: refunds in part and in full, ones that fail, disputes won and lost."""

import pytest
import stripe

from tests.conftest import wait_until
from tests.wallet.stripe.contract.conftest import Backend
from tests.wallet.stripe.standin import Receiver, Standin

REFUND_FIELDS = (
    "id object amount balance_transaction charge created currency metadata payment_intent reason "
    "status"
)
DISPUTE_FIELDS = (
    "id object amount balance_transactions charge created currency evidence evidence_details "
    "is_charge_refundable livemode metadata payment_intent reason status"
)


def charge_id(intent: stripe.PaymentIntent) -> str:
    """The id of the charge that paid."""
    assert isinstance(intent.latest_charge, stripe.Charge)
    return intent.latest_charge.id


def test_parts_and_then_the_rest(backend: Backend) -> None:
    intent = backend.charge("pm_card_visa", 2000)
    client = backend.client.v1
    first = client.refunds.create(
        {"payment_intent": intent.id, "amount": 500, "metadata": {"order": "7"}}
    )
    assert set(REFUND_FIELDS.split()) <= set(first.to_dict())
    assert (first.status, first.amount, first.charge) == ("succeeded", 500, charge_id(intent))
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        client.refunds.create({"payment_intent": intent.id, "amount": 1501})
    second = client.refunds.create({"charge": charge_id(intent)})
    assert second.amount == 1500
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.refunds.create({"payment_intent": intent.id, "amount": 1})
    assert refused.value.code == "charge_already_refunded"

    charge = client.charges.retrieve(charge_id(intent), {"expand": ["refunds"]})
    assert (charge.amount_refunded, charge.refunded) == (2000, True)
    assert charge.refunds is not None
    assert [refund.id for refund in charge.refunds.data] == [second.id, first.id]
    listed = client.refunds.list({"payment_intent": intent.id})
    assert [refund.id for refund in listed.data] == [second.id, first.id]
    booked = client.balance_transactions.retrieve(str(first.balance_transaction))
    assert (booked.type, booked.amount, booked.source) == ("refund", -500, first.id)
    # What was received stays; only the charge knows what went back.
    assert client.payment_intents.retrieve(intent.id).amount_received == 2000


@pytest.mark.parametrize("amount", [0, -5, 2001])
def test_a_refund_is_of_what_was_paid(backend: Backend, amount: int) -> None:
    intent = backend.charge("pm_card_visa", 2000)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        backend.client.v1.refunds.create({"payment_intent": intent.id, "amount": amount})
    assert refused.value.http_status == 400


def test_a_refund_is_made_once(backend: Backend) -> None:
    intent = backend.charge("pm_card_visa", 2000)
    key: stripe.RequestOptions = {"idempotency_key": f"refund-{intent.id}"}
    made = [
        backend.client.v1.refunds.create({"payment_intent": intent.id, "amount": 500}, key).id
        for _ in range(2)
    ]
    assert made[0] == made[1]
    charge = backend.client.v1.charges.retrieve(charge_id(intent))
    assert charge.amount_refunded == 500


def test_what_was_not_paid_is_not_refunded(backend: Backend) -> None:
    intent = backend.client.v1.payment_intents.create({"amount": 2000, "currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError):
        backend.client.v1.refunds.create({"payment_intent": intent.id})


@pytest.mark.parametrize(
    ("card", "last"), [("pm_card_pendingRefund", "succeeded"), ("pm_card_refundFail", "failed")]
)
def test_a_refund_may_change_its_mind(backend: Backend, card: str, last: str) -> None:
    intent = backend.charge(card)
    refund = backend.client.v1.refunds.create({"payment_intent": intent.id})

    def status() -> str | None:
        return backend.client.v1.refunds.retrieve(refund.id).status

    assert refund.status in ("pending", "succeeded")
    wait_until(lambda: status() == last, backend.patience_seconds)


def test_a_failed_refund_brings_the_money_back(standin: Standin, receiver: Receiver) -> None:
    backend = Backend("standin", standin.client(), patience_seconds=5)
    intent = backend.charge("pm_card_visa", 2000)
    kept, failing = (
        backend.client.v1.refunds.create({"payment_intent": intent.id, "amount": amount})
        for amount in (500, 700)
    )
    standin.control(f"refunds/{failing.id}/fail", reason="lost_or_stolen_card")
    failed = backend.client.v1.refunds.retrieve(failing.id)
    assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")
    assert backend.client.v1.charges.retrieve(charge_id(intent)).amount_refunded == 500
    moved = backend.client.v1.balance_transactions.list({"source": failing.id})
    assert sorted(entry.amount for entry in moved.data) == [-700, 700]
    expected = ["charge.refund.updated", "refund.created", "refund.failed", "refund.updated"]
    wait_until(lambda: sorted(receiver.names(failing.id)) == expected)
    assert receiver.names(kept.id) == ["refund.created"]
    assert receiver.names(charge_id(intent)).count("charge.refunded") == 2


@pytest.mark.parametrize(
    ("evidence", "status", "sum_of_moves"), [("winning", "won", 0), ("losing", "lost", -2000)]
)
def test_a_dispute_is_won_or_lost(
    backend: Backend, evidence: str, status: str, sum_of_moves: int
) -> None:
    intent = backend.charge("pm_card_createDispute", 2000)
    disputes = backend.client.v1.disputes

    def found() -> list[stripe.Dispute]:
        return disputes.list({"payment_intent": intent.id}).data

    wait_until(found, backend.patience_seconds)
    dispute = found()[0]
    assert set(DISPUTE_FIELDS.split()) <= set(dispute.to_dict())
    assert (dispute.amount, dispute.charge) == (2000, charge_id(intent))
    assert (dispute.status, dispute.is_charge_refundable) == ("needs_response", False)
    assert sum(moved.amount for moved in dispute.balance_transactions) == -2000
    with pytest.raises(stripe.InvalidRequestError) as refused:
        backend.client.v1.refunds.create({"payment_intent": intent.id})
    assert refused.value.code == "charge_disputed"

    text = f"{evidence}_evidence"
    disputes.update(dispute.id, {"evidence": {"uncategorized_text": text}, "submit": True})
    wait_until(lambda: disputes.retrieve(dispute.id).status == status, backend.patience_seconds)
    moves = disputes.retrieve(dispute.id).balance_transactions
    assert sum(moved.amount for moved in moves) == sum_of_moves
    assert backend.client.v1.charges.retrieve(charge_id(intent)).disputed


@pytest.mark.parametrize(
    ("inquiry", "won", "events"),
    [
        (False, True, ["created", "funds_withdrawn", "funds_reinstated", "closed"]),
        (False, False, ["created", "funds_withdrawn", "closed"]),
        (True, True, ["created", "closed"]),
        (True, False, ["created", "funds_withdrawn", "closed"]),
    ],
)
def test_each_step_of_a_dispute_is_told(
    standin: Standin, receiver: Receiver, inquiry: bool, won: bool, events: list[str]
) -> None:
    backend = Backend("standin", standin.client(), patience_seconds=5)
    charge = charge_id(backend.charge("pm_card_visa", 2000))
    standin.control("settings", hold=True)
    dispute = standin.control(f"charges/{charge}/dispute", amount=1500, inquiry=inquiry)
    standin.control(f"disputes/{dispute['id']}/decide", won=won)
    standin.control("release")
    standin.control("settings", hold=False)
    assert receiver.names(dispute["id"]) == [f"charge.dispute.{name}" for name in events]
    told = receiver.latest("charge.dispute.closed").data.object
    lost = sum(moved["amount"] for moved in told["balance_transactions"])
    assert lost == (0 if won else -1500)
    with pytest.raises(stripe.InvalidRequestError):
        backend.client.v1.disputes.close(dispute["id"])


def test_giving_in_loses(backend: Backend) -> None:
    intent = backend.charge("pm_card_createDispute")
    disputes = backend.client.v1.disputes
    wait_until(lambda: disputes.list({"payment_intent": intent.id}).data, backend.patience_seconds)
    dispute = disputes.list({"charge": charge_id(intent)}).data[0]
    assert disputes.close(dispute.id).status == "lost"


def test_the_balance_adds_up(standin: Standin) -> None:
    backend = Backend("standin", standin.client(), patience_seconds=5)
    intents = [backend.charge("pm_card_visa", cents) for cents in (2000, 5000)]
    backend.client.v1.refunds.create({"payment_intent": intents[0].id, "amount": 300})
    dispute = standin.control(f"charges/{charge_id(intents[1])}/dispute")
    standin.control(f"disputes/{dispute['id']}/decide", won=False)
    moves = backend.client.v1.balance_transactions.list().data
    assert sum(move.amount for move in moves) == 2000 + 5000 - 300 - 5000
    assert sum(move.fee for move in moves) == (58 + 30) + (145 + 30) + 1500
    charged = backend.client.v1.balance_transactions.list({"type": "charge"})
    assert len(charged.data) == 2
