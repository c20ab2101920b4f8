"""Who called: the peer, or the address that trusted proxies forwarded for it."""

import re
from collections.abc import Collection

from iplz.addresses import Address, Network, parse_address

# Proxies write an address bare, or with a port: 192.0.2.1:443, [2001:db8::1]:443.
_ITEM = re.compile(
    r"\[(?P<bracketed>[^\]]*)\](?::[0-9]{1,5})?|(?P<ipv4>[^:]*):[0-9]{1,5}|(?P<bare>.*)"
)


def caller_address(
    peer: str | None, forwarded_for: str | None, trusted_proxies: Collection[Network]
) -> Address | None:
    """Find the address nearest to the caller that somebody trusted vouches for.

    Each proxy appends the address that it was called from, so `X-Forwarded-For` is read from its
    end, as long as the address so far is a trusted proxy's. An item that is no address ends the
    walk: whatever is before it, the caller may have written.
    """
    address = None if peer is None else parse_address(peer)
    items = [] if forwarded_for is None else forwarded_for.split(",")
    while address is not None and items and _is_in(address, trusted_proxies):
        forwarded = _parse_item(items.pop().strip(" \t"))
        if forwarded is None:
            break
        address = forwarded
    return address


def _is_in(address: Address, networks: Collection[Network]) -> bool:
    return any(address in network for network in networks)


def _parse_item(item: str) -> Address | None:
    match = _ITEM.fullmatch(item)
    if match is None:
        return None
    if match["bracketed"] is not None:
        return parse_address(match["bracketed"]) if ":" in match["bracketed"] else None
    return parse_address(match["ipv4"] if match["ipv4"] is not None else match["bare"])
