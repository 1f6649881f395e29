"""Staff give a top-up back: all or part, each form once, and into debt only on purpose."""

import re
import uuid
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.test import Client, override_settings

from accounts.models import User
from tests.conftest import Customer
from tests.wallet.till import Till, balance, customer_id
from wallet import ledger, settlement
from wallet.models import Alert, Policy, StripeEvent, Topup, Transfer, Unit


@pytest.fixture
def clerk(till: Till, staff: User) -> Client:
    """Staff who may do everything, signed in."""
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def order(till: Till, alice: Customer) -> Topup:
    """$20 that alice paid; her wallet holds $30."""
    order, intent_id = till.paid(alice, 20)
    settlement.settle(intent_id)
    order.refresh_from_db()
    assert balance(alice) == 30
    return order


class Form:
    """The page by which staff refund one order."""

    def __init__(self, clerk: Client, order: Topup) -> None:
        self.clerk = clerk
        self.path = f"/admin/wallet/topup/{order.pk}/refund/"
        page = clerk.get(self.path)
        assert page.status_code == 200
        self.page = page.content.decode()
        self.words = words(page)

    def value(self, name: str) -> str:
        tags = [tag for tag in re.findall(r"<input[^>]*>", self.page) if f'name="{name}"' in tag]
        found = re.search(r'value="([^"]*)"', tags[0])
        return unescape(found[1]) if found else ""

    def send(self, amount: str, accept_debt: bool = False) -> Any:
        data = {"amount": amount, "reference": self.value("reference")}
        return self.clerk.post(self.path, data | ({"accept_debt": "on"} if accept_debt else {}))


def words(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def said(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def spend(customer: Customer, dollars: int) -> None:
    hold = ledger.reserve(customer.account.pk, dollars * 1_000_000, f"test:{uuid.uuid4()}")
    ledger.post(hold.hold_id)


def refunded_cents(till: Till, order: Topup) -> list[int]:
    return [
        refund["amount"]
        for refund in till.all("refunds")
        if refund["payment_intent"] == order.intent_id
    ]


def test_unspent_credit_goes_back(clerk: Client, till: Till, order: Topup, alice: Customer) -> None:
    form = Form(clerk, order)
    assert "All of it is unspent." in form.words
    assert form.value("amount") == "20.00"
    answer = form.send("20")
    assert answer.status_code == 302
    assert "Refunded $20.00 to the card (re_" in said(answer)
    assert refunded_cents(till, order) == [2000]
    assert balance(alice) == 10
    assert "Refunded $20.00" in words(clerk.get(f"/admin/wallet/topup/{order.pk}/history/"))
    assert "Nothing of this payment is left to refund." in Form(clerk, order).words


def test_part_by_part_to_the_cent(clerk: Client, till: Till, order: Topup, alice: Customer) -> None:
    assert Form(clerk, order).send("0.01").status_code == 302
    assert Form(clerk, order).send("9.99").status_code == 302
    assert refunded_cents(till, order) in ([1, 999], [999, 1])
    assert balance(alice) == 20
    answer = Form(clerk, order).send("10.01")
    assert "Only $10.00 of this payment is left to refund." in words(answer)
    assert balance(alice) == 20


def test_spent_credit_needs_a_yes(clerk: Client, till: Till, order: Topup, alice: Customer) -> None:
    spend(alice, 25)
    form = Form(clerk, order)
    assert "$5.00 is unspent. $15.00 was spent" in form.words
    assert form.value("amount") == "5.00"
    answer = form.send("20")
    assert answer.status_code == 200
    assert "$15.00 of that was spent and would become debt. No money moved." in words(answer)
    assert (refunded_cents(till, order), balance(alice)) == ([], 5)
    assert form.send("20", accept_debt=True).status_code == 302
    assert (refunded_cents(till, order), balance(alice)) == ([2000], -15)
    with pytest.raises(ledger.InsufficientBalance):
        ledger.reserve(alice.account.pk, 30_000, f"test:{uuid.uuid4()}")
    # The next top-up repays it; else the run's audit would find the account in debt for ever.
    _, intent_id = till.paid(alice, 20)
    settlement.settle(intent_id)
    assert balance(alice) == 5


@pytest.mark.parametrize("amount", ["", "0", "-1", "20.01", "1e1", "1.001", "NaN", "２０", "all"])
def test_a_bad_amount_moves_nothing(
    amount: str, clerk: Client, till: Till, order: Topup, alice: Customer
) -> None:
    assert Form(clerk, order).send(amount, accept_debt=True).status_code == 200
    assert (refunded_cents(till, order), balance(alice)) == ([], 30)


def test_a_form_sent_twice_refunds_once(
    clerk: Client, till: Till, order: Topup, alice: Customer
) -> None:
    form = Form(clerk, order)
    assert form.send("5").status_code == 302
    assert form.send("5").status_code == 302
    assert (refunded_cents(till, order), balance(alice)) == ([500], 25)
    other = form.send("6")
    assert "Stripe refused" in words(other)
    assert "No money moved." in words(other)
    assert (refunded_cents(till, order), balance(alice)) == ([500], 25)


def test_a_lost_answer_is_not_a_second_refund(
    clerk: Client, till: Till, order: Topup, alice: Customer
) -> None:
    form = Form(clerk, order)
    # The page's own look at the refunds, then each try of the refund itself.
    till.standin.control("faults", kind="slow", path="/v1/refunds", seconds=0)
    till.standin.control("faults", kind="lost", path="/v1/refunds", times=3)
    answer = form.send("5")
    assert "it is not known whether money moved" in words(answer)
    assert balance(alice) == 30
    assert form.send("5").status_code == 302
    assert refunded_cents(till, order) == [500]
    assert balance(alice) == 25


def test_when_stripe_is_away_nothing_moves(
    clerk: Client, till: Till, order: Topup, alice: Customer
) -> None:
    form = Form(clerk, order)
    with override_settings(STRIPE_API_BASE="http://127.0.0.1:9"):
        answer = form.send("5")
        assert "Stripe cannot be asked about this payment now. No money moved" in said(answer)
    assert (refunded_cents(till, order), balance(alice)) == ([], 30)


def test_an_order_that_is_not_paid_has_no_refund(clerk: Client, till: Till, bob: Customer) -> None:
    order = till.order(bob)
    assert clerk.get(f"/admin/wallet/topup/{order.pk}/refund/").status_code == 404
    assert clerk.get(f"/admin/wallet/topup/{uuid.uuid4()}/refund/").status_code == 404


@pytest.fixture
def reader(till: Till, staff: User) -> Client:
    """Staff who may look at the wallet and change nothing."""
    User.objects.filter(pk=staff.pk).update(is_superuser=False, is_staff=True)
    staff.user_permissions.set(
        Permission.objects.filter(codename__startswith="view_", content_type__app_label="wallet")
    )
    client = Client()
    client.force_login(User.objects.get(pk=staff.pk))
    return client


def test_looking_needs_one_permission_and_acting_another(
    reader: Client, till: Till, order: Topup, alice: Customer
) -> None:
    alert = Alert.objects.create(kind="test", reference=uuid.uuid4().hex, text="look")
    assert reader.get("/admin/wallet/topup/").status_code == 200
    path = f"/admin/wallet/topup/{order.pk}/refund/"
    data = {"amount": "5", "reference": str(uuid.uuid4()), "accept_debt": "on"}
    assert reader.get(path).status_code == 403
    assert reader.post(path, data).status_code == 403
    reader.post("/admin/wallet/alert/", {"action": "resolve", "_selected_action": alert.pk})
    alert.refresh_from_db()
    assert alert.resolved_at is None
    assert (
        reader.post("/admin/wallet/policy/1/change/", {"topup_max_dollars": 10}).status_code == 403
    )
    assert (refunded_cents(till, order), balance(alice)) == ([], 30)


def test_payments_are_found_and_never_written(
    clerk: Client, till: Till, order: Topup, alice: Customer
) -> None:
    event = till.event("payment_intent.succeeded", order.intent_id or "")
    assert till.deliver(event).status_code == 200
    found = words(clerk.get(f"/admin/wallet/topup/?q={order.intent_id}"))
    assert "$20.00" in found
    assert str(order.intent_id) in found
    assert event["id"] in words(clerk.get(f"/admin/wallet/stripeevent/?q={order.intent_id}"))
    for model, pk in (("topup", order.pk), ("stripeevent", event["id"])):
        assert clerk.get(f"/admin/wallet/{model}/{pk}/change/").status_code == 200
        assert clerk.post(f"/admin/wallet/{model}/{pk}/change/", {"status": "x"}).status_code == 403
        assert clerk.post(f"/admin/wallet/{model}/{pk}/delete/", {"post": "yes"}).status_code == 403
        assert clerk.get(f"/admin/wallet/{model}/add/").status_code == 403
    assert StripeEvent.objects.filter(pk=event["id"]).exists()
    profile = clerk.get("/admin/wallet/billingprofile/")
    assert customer_id(alice) in words(profile)


def test_at_stripe_itself_a_payment_is_a_link(clerk: Client, order: Topup) -> None:
    for is_live, place in ((True, "payments"), (False, "test/payments")):
        with override_settings(STRIPE_API_BASE="", STRIPE_IS_LIVE=is_live):
            page = clerk.get(f"/admin/wallet/topup/?q={order.intent_id}").content.decode()
        assert f'href="https://dashboard.stripe.com/{place}/{order.intent_id}"' in page


def test_an_alert_is_resolved_once(clerk: Client) -> None:
    alert = Alert.objects.create(kind="test", reference=uuid.uuid4().hex, text="look")
    for expected in ("Resolved 1 alert", "Resolved 0 alert"):
        data = {"action": "resolve", "_selected_action": alert.pk}
        assert expected in said(clerk.post("/admin/wallet/alert/", data))
    alert.refresh_from_db()
    assert alert.resolved_at


def test_the_policy_is_one_row_in_dollars(clerk: Client) -> None:
    before = Policy.current()
    assert clerk.get("/admin/wallet/policy/add/").status_code == 403
    path = "/admin/wallet/policy/1/change/"
    try:
        for dollars, status in (("5", 200), ("15", 200), ("0", 200), ("500", 302)):
            data = {"topup_max_dollars": dollars, "auto_topup_daily_max": "2"}
            assert clerk.post(path, data).status_code == status, dollars
        policy = Policy.current()
        assert (policy.topup_max_micros, policy.auto_topup_daily_max) == (500_000_000, 2)
        assert "$500.00" in words(clerk.get("/admin/wallet/policy/"))
    finally:
        before.save()


def test_a_refund_is_on_the_statement(clerk: Client, order: Topup, alice: Customer) -> None:
    Form(clerk, order).send("7")
    refund = Transfer.objects.get(kind="refund", debit__account=alice.account)
    assert (refund.amount, refund.debit.unit) == (7_000_000, Unit.USD)
    assert refund.reference.startswith("re_")
