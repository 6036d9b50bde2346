"""Addresses of machines, in the one form in which they are compared.

A socket for both families tells an address of IPv4 as ``::ffff:192.0.2.7``: the same machine, written in another way.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

MAPPED = IPv6Network("::ffff:0:0/96")


def plain_address(text: str) -> IPv4Address | IPv6Address:
    """Address that a text tells, of IPv4 where it is one of these; raises `ValueError` where it tells none.

    Examples
    --------
    >>> str(plain_address("::ffff:192.0.2.7")), str(plain_address("2001:db8::7"))
    ('192.0.2.7', '2001:db8::7')
    """
    address = ip_address(text)
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def plain_network(text: str) -> IPv4Network | IPv6Network:
    """Network that a text tells, of IPv4 where it is one of these; raises `ValueError` where it tells none.

    Examples
    --------
    >>> str(plain_network("::ffff:172.18.0.0/112")), str(plain_network("192.0.2.7"))
    ('172.18.0.0/16', '192.0.2.7/32')
    """
    network = ip_network(text)
    if isinstance(network, IPv6Network) and network.subnet_of(MAPPED):
        low = IPv4Address(int(network.network_address) & 0xFFFF_FFFF)
        return IPv4Network((low, network.prefixlen - MAPPED.prefixlen))
    return network


def every_form(networks: Iterable[IPv4Network | IPv6Network]) -> list[str]:
    """Networks in all forms in which a socket may tell their addresses.

    Examples
    --------
    >>> every_form([plain_network("172.18.0.0/16"), plain_network("2001:db8::/32")])
    ['172.18.0.0/16', '::ffff:172.18.0.0/112', '2001:db8::/32']
    """
    forms = []
    for one in networks:
        forms.append(str(one))
        if isinstance(one, IPv4Network):
            forms.append(f"::ffff:{one.network_address}/{MAPPED.prefixlen + one.prefixlen}")
    return forms
