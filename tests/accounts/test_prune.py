"""What is over is forgotten, and nothing else."""

import uuid
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.utils import timezone

from accounts import prune
from accounts.models import Invitation
from tests.conftest import Customer
from tests.visitor import Visitor


def invitation(customer: Customer, days_over: int) -> Invitation:
    return Invitation.objects.create(
        account=customer.account,
        email=f"{uuid.uuid4().hex}@example.com",
        role="viewer",
        digest=uuid.uuid4().bytes,
        expires_at=timezone.now() - timedelta(days=days_over),
    )


def test_ended_sessions_and_old_invitations_go(site: str, alice: Customer) -> None:
    UserSession.objects.create(
        user=alice.user, ip="127.0.0.1", session_key=uuid.uuid4().hex, user_agent="gone"
    )
    old, fresh = invitation(alice, 31), invitation(alice, 29)
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        prune.run()
        assert visitor.is_signed_in
        assert "This browser" in visitor.get("/settings/sessions").text
    assert UserSession.objects.filter(user=alice.user).count() == 1
    kept = Invitation.objects.filter(account=alice.account)
    assert set(kept) & {old, fresh} == {fresh}
