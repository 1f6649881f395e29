"""Which addresses are public, judged on every special range and on random addresses."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generations.fetch.addresses import is_public

PUBLIC = """
1.1.1.1 8.8.8.8 93.184.215.14 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 192.0.1.0
192.167.255.255 198.17.255.255 198.20.0.0 223.255.255.255 168.63.129.15 11.0.0.0 128.0.0.1
2606:4700:4700::1111 2001:4860:4860::8888 2a00:1450:4001:80b::200e 2620:fe::fe 2001:200::1
"""

NOT_PUBLIC = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1
127.255.255.254 168.63.129.16 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1
192.0.0.170 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1
198.19.255.255 198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::2 ::7f00:1 ::10.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8
::ffff:0:127.0.0.1 64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::8.8.8.8 64:ff9b:1::10.0.0.1
100::1 100:0:0:1::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1
2001:1ff:ffff::1 2001:db8::1 2002:7f00:1:: 2002:a9fe:a9fe::1 2002:808:808::1 3fff::1 3fff:fff::1
4000::1 5f00::1 fc00::1 fd00:ec2::254 fd20:ce::254 fe80::1 fe80::1%eth0 fe80::1%1 2606:4700::1%eth0
fec0::1 feff::1 ff02::1 ff0e::1 1fff:ffff::1
"""


@pytest.mark.parametrize("address", PUBLIC.split())
def test_addresses_of_the_public_internet_are_allowed(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_every_other_address_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))


@given(st.ip_addresses())
@settings(max_examples=500, database=None, deadline=None)
def test_the_rule_never_allows_what_python_calls_private(
    address: IPv4Address | IPv6Address,
) -> None:
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast
