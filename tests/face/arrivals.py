"""How each of the cast comes to their pages: the cookies of who is signed in, or on the way there.

That the ways themselves are right is the browser's and the entrance's tests' to say.
"""

import uuid

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.utils import is_mfa_enabled
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.conftest import PASSWORD
from tests.face.cast import Cast
from tests.face.company import Who, recovery_codes_of
from tests.visitor import LOGIN

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"
DAY_SECONDS = 86_400
# What stands in the address for the link's key once a session holds that.
KEPT_KEY = "set-password"


def arrived(who: Who, cast: Cast) -> Client:
    """A new browser of theirs, as far as they have come."""
    client = Client(headers={"User-Agent": BROWSER})
    match who:
        case Who.STRANGER:
            pass
        case Who.SIGNING_UP:
            email = f"{'newest.' * 8}{uuid.uuid4().hex}@example.com"
            client.post(reverse("account_signup"), {"email": email, "password1": PASSWORD})
        case Who.SIGNING_IN:
            _give_password(client, cast.users[Who.GUARDED])
        case Who.FORGETFUL:
            user = cast.users[who]
            client.get(reset_path(user, default_token_generator.make_token(user)))
        case _:
            _sign_in(client, cast.users[who])
    return client


def reset_path(user: User, key: str = KEPT_KEY) -> str:
    """The address at which the user chooses a new password; with a real key, the mail's."""
    numbers = {"uidb36": user_pk_to_url_str(user), "key": key}
    return reverse("account_reset_password_from_key", kwargs=numbers)


def _give_password(client: Client, user: User) -> None:
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})


def _sign_in(client: Client, user: User) -> None:
    _give_password(client, user)
    if is_mfa_enabled(user):
        client.post(reverse("mfa_authenticate"), {"code": recovery_codes_of(user)[0]})
    session = client.session
    # What asks for the password once more is answered for the whole run.
    signing_in = session["account_authentication_methods"][-1]
    signing_in |= {"at": signing_in["at"] + DAY_SECONDS, "reauthenticated": True}
    session.save()
