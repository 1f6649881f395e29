"""The form of an `image_url`, as it is judged at submit, before anything is looked up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generations.fetch import check_form

GOOD_FORMS = [
    "http://example.com",
    "HTTPS://EXAMPLE.COM:443/a.png",
    "https://example.com:65535/a%20b.png?x=1&y=a@b:c#top",
    "https://bücher.example/ä.png",
    "https://xn--bcher-kva.example/",
    "http://a_b.example.com./",
    "http://192.0.2.1:1/",
    "http://[2001:db8::1]:8080/",
    "https://example.com/" + "a" * 2028,
]

BAD_FORMS = {
    "https://example.com/" + "a" * 2029: "at most 2048",
    "": "start with http",
    "example.com/a.png": "start with http",
    "//example.com/a.png": "start with http",
    "ftp://example.com/": "start with http",
    "file:///etc/passwd": "start with http",
    "data:image/png;base64,AAAA": "start with http",
    "gopher://example.com/": "start with http",
    "javascript:alert(1)": "start with http",
    "http://": "valid host",
    "http:///a.png": "valid host",
    "http:/example.com": "valid host",
    "http:example.com": "valid host",
    "http://?a": "valid host",
    "http://:80/": "valid host",
    "http://./": "valid host",
    "http://a..b/": "valid host",
    "http://-a.example/": "valid host",
    "http://exa%6dple.com/": "valid host",
    "http://a,b/": "valid host",
    "http://a*b/": "valid host",
    "http://[fe80::1%25eth0]/": "valid host",
    "http://" + "a" * 64 + ".example/": "valid host",
    "http://" + "a.example." * 26 + "com/": "valid host",
    "http://user@example.com/": "user name",
    "http://user:pass@example.com/": "user name",
    "http://:pass@example.com/": "user name",
    "http://example.com:0/": "port",
    "http://example.com:65536/": "port",
    "http://example.com:-1/": "port",
    "http://example.com:http/": "valid URL",
    "http://[::1/": "valid URL",
    "http://[v1.a]/": "valid URL",
    "http://①②⑦.0.0.1/": "valid URL",
    "http://256.0.0.1/": "valid URL",
    "http://exam ple.com/": "spaces",
    " http://example.com/": "spaces",
    "http://example.com/\t": "spaces",
    "http://example.com/\r\nX: y": "spaces",
    "http://example.com/\0": "spaces",
    "http://example.com/\x7f": "spaces",
    "http://example.com/\u2028": "spaces",
    "http://example.com/\ud800": "spaces",
    "http://good.example\\@example.com/": "spaces",
}


@pytest.mark.parametrize("url", GOOD_FORMS)
def test_a_url_of_good_form_passes(url: str) -> None:
    assert check_form(url).scheme in ("http", "https")


@pytest.mark.parametrize(("url", "reason"), BAD_FORMS.items())
def test_a_url_of_bad_form_is_refused_with_a_reason(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"image_url must .*{reason}") as caught:
        check_form(url)
    assert not isinstance(caught.value, UnicodeError)


@given(st.text(max_size=60) | st.text(alphabet="htp:/@[]%.\\#?0x1a:", max_size=30))
@settings(max_examples=500, database=None, deadline=None)
def test_check_form_has_no_other_way_out(text: str) -> None:
    for url in (text, f"http://{text}", f"https://example.com{text}"):
        reason = refusal(url)
        assert reason is None or reason.startswith("image_url must ")


def refusal(url: str) -> str | None:
    try:
        check_form(url)
    except ValueError as error:
        return str(error)
    return None
