"""The rule that says which IP addresses belong to the public internet.

It owns the list of refused networks. It never resolves a name and never opens a connection.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

# `ipaddress.is_global` is not used: its lists change with the patch release of Python, and it
# calls IPv6 forms global that carry a private IPv4 address inside them.
# Source: https://www.iana.org/assignments/iana-ipv4-special-registry/
NOT_PUBLIC_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # registered as public, but inside Azure it is the machine's own host
        "169.254.0.0/16",  # link-local, with the metadata service of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays to 6to4, which wraps any other address
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and the broadcast address
    )
)

# Unicast on the public internet is allotted from this block only, so loopback, unique local,
# link-local, site-local, multicast, NAT64 and every form that maps IPv4 fall outside it.
# Source: https://www.iana.org/assignments/ipv6-address-space/
UNICAST_V6 = IPv6Network("2000::/3")

# Source: https://www.iana.org/assignments/iana-ipv6-special-registry/
NOT_PUBLIC_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which wraps any IPv4 address
        "3fff::/20",  # documentation
    )
)


def is_public(address: Address) -> bool:
    """Say whether a server on the public internet can own this address."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_V4)
    # A scope names one of this machine's own links, whatever the address before it.
    if address.scope_id is not None or address not in UNICAST_V6:
        return False
    return not any(address in network for network in NOT_PUBLIC_V6)
