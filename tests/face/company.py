"""Who looks at pages, and how those are made who have less of a past than the rich one.

Members of that one's account, customers in trouble, and people on their way in. Nothing here is a
test.
"""

import uuid
from enum import StrEnum

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.test import override_settings
from fido2.cose import CoseKey
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from accounts.models import Membership, User
from accounts.roles import Role
from tests.conftest import PASSWORD, Customer, NewCustomer
from tests.wallet.stripe.standin import API_KEY, Standin
from tests.wallet.till import Till
from wallet import settlement
from wallet.models import Topup


class Who(StrEnum):
    """Whoever opens a page. Those on their way in have a session, but are not signed in."""

    STRANGER = "stranger"
    RICH = "rich"
    NEWCOMER = "newcomer"
    STAFF = "staff"
    # They belong to the rich one's account: one may do all, in German, and one only look.
    GERMAN = "german"
    VIEWER = "viewer"
    BROKE = "broke"
    SUSPENDED = "suspended"
    # With an app, a passkey and recovery codes.
    GUARDED = "guarded"
    # Asked for the code from the mail, for the app's code, and for a new password.
    SIGNING_UP = "signing-up"
    SIGNING_IN = "signing-in"
    FORGETFUL = "forgetful"


def others(new_customer: NewCustomer, rich: Customer) -> dict[Who, User]:
    """Everybody with an account who is not in the middle of the story."""
    suspended = new_customer("suspended", credit_micros=5_000_000)
    suspended.account.suspend()
    guarded = new_customer("guarded").user
    secure(guarded)
    return {
        Who.GERMAN: _member(rich, Role.OWNER, language="de"),
        Who.VIEWER: _member(rich, Role.VIEWER, name="W" * 100),
        Who.BROKE: new_customer("broke").user,
        Who.SUSPENDED: suspended.user,
        Who.GUARDED: guarded,
        # Signing in would end what the mail's link is good for.
        Who.FORGETFUL: new_customer("forgetful").user,
    }


def _member(of: Customer, role: Role, **fields: object) -> User:
    """Somebody with no account but that one."""
    email = f"member-{uuid.uuid4().hex[:12]}@example.com"
    user = User.objects.create_user(email, PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    Membership.objects.create(user=user, account=of.account, role=role)
    return user


def secure(user: User) -> None:
    """Gives the user an app, a passkey with a long name, and recovery codes."""
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    number = uuid.uuid4().bytes
    # An ES256 key of zeros, by its numbers in https://www.rfc-editor.org/rfc/rfc9052
    key = CoseKey.parse({1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)})
    made = AuthenticatorData.create(
        bytes(32),
        AuthenticatorData.FLAG.AT,
        0,
        AttestedCredentialData.create(bytes(16), number, key),
    )
    # What a browser sends when a passkey is made: https://www.w3.org/TR/webauthn-3/
    said = {
        "clientDataJSON": b'{"type":"webauthn.create","challenge":"","origin":""}',
        "attestationObject": AttestationObject.create("none", made, {}),
    }
    credential = {
        "id": websafe_encode(number),
        "rawId": websafe_encode(number),
        "type": "public-key",
        "response": {name: websafe_encode(value) for name, value in said.items()},
        "clientExtensionResults": {"credProps": {"rk": False}},
    }
    WebAuthn.add(user, "Grandmother's telephone" + ", the old one" * 3, credential)


def passkey_of(user: User) -> Authenticator:
    """The user's passkey."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    passkey: Authenticator = found.get()
    return passkey


def recovery_codes_of(user: User) -> list[str]:
    """The user's codes that are not used yet."""
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def paid_topup(customer: Customer, bank: Standin) -> Topup:
    """A top-up that the customer paid for and got."""
    with override_settings(STRIPE_SECRET_KEY=API_KEY, STRIPE_API_BASE=bank.address):
        order, intent_id = Till(bank).paid(customer, 20)
        settlement.settle(intent_id)
    order.refresh_from_db()
    return order
