"""A mail's HTML twin says the same, and takes nothing in a text for more than text."""

import pytest

from accounts import mails

HOSTILE = '<img src=x onerror=alert(1)>" https://evil.example'


def test_a_button_a_code_and_words() -> None:
    html = mails.html(
        "Hello,\n\nOpen it: https://example.com/a?b=1&c=2\n\nABCD-1234\n\nTwo\nlines\n"
    )
    assert '<a class="button" href="https://example.com/a?b=1&amp;c=2">Open it</a>' in html
    assert '<p class="code">ABCD-1234</p>' in html
    assert "Two<br>lines" in html
    assert html.count("<a ") == 1


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        f"{HOSTILE} invites you.",
        f"With: {HOSTILE}\nFrom: 1.2.3.4",
        "Open: javascript:alert(1)",
        "Open: https://",
        'Open: https://"onmouseover=alert(1)',
        "From: https://evil.example\nWith: https://evil.example",
    ],
)
def test_hostile_text_stays_text(text: str) -> None:
    html = mails.html(f"Hello,\n\n{text}")
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert "<a " not in html or '"onmouseover' not in html


def test_a_subject_is_one_line() -> None:
    mail = mails.dressed("Welcome\r\nBcc: x@example.com", "Hello", ["a@example.com"])
    assert mail.subject == "Welcome Bcc: x@example.com"
    assert "Bcc" not in mail.message()
