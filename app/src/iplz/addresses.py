"""Addresses and networks in one form: an IPv4-mapped IPv6 address is its IPv4 address."""

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# A network whose first address is ::ffff:a.b.c.d is never wider than ::ffff:0:0/96: a wider one
# would have host bits set, which ip_network refuses.
_MAPPED_PREFIX_LENGTH = 96


def parse_address(text: str) -> Address | None:
    """Read an address, or answer None when the text is none.

    The zone of a link-local address is dropped: it names an interface of this machine, says
    nothing to the caller, and may be any text.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    return address.ipv4_mapped or IPv6Address(int(address))


def parse_network(text: str) -> Network:
    """Read a network, or raise a ValueError that says what is wrong with it."""
    network = ip_network(text)
    if isinstance(network, IPv4Network):
        return network
    if network.network_address.scope_id is not None:
        msg = f"{text!r} has a zone"
        raise ValueError(msg)
    mapped = network.network_address.ipv4_mapped
    if mapped is None:
        return network
    return IPv4Network((mapped, network.prefixlen - _MAPPED_PREFIX_LENGTH))
