"""Addresses and networks come in one form, and nothing else passes for one."""

import re

import pytest

from iplz.addresses import parse_address, parse_network


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:c000:201", "192.0.2.1"),
        ("::ffff:0.0.0.0", "0.0.0.0"),  # noqa: S104 - nothing is bound to it
        ("::", "::"),
    ],
)
def test_an_address_is_written_in_its_shortest_form(text: str, address: str) -> None:
    assert str(parse_address(text)) == address


@pytest.mark.parametrize("zone", ["eth0", "2", "<script>", "\r\n"])
def test_the_zone_of_an_address_is_dropped(zone: str) -> None:
    assert str(parse_address(f"fe80::1%{zone}")) == "fe80::1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "unknown",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.01",
        "192.0.2.1%eth0",
        "192.0.2.1:80",
        " 192.0.2.1",
        "\u0661.0.2.1",
        "fe80::1%",
        "1::2::3",
        "[::1]",
        "10.0.0.0/8",
    ],
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert parse_address(text) is None


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("192.0.2.1", "192.0.2.1/32"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("::1", "::1/128"),
        ("fd00::/8", "fd00::/8"),
        ("::/0", "::/0"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
    ],
)
def test_a_network_of_mapped_addresses_is_an_ipv4_network(text: str, network: str) -> None:
    assert str(parse_network(text)) == network


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("proxy.example", "'proxy.example' does not appear to be an IPv4 or IPv6 network"),
        ("10.0.0.0/33", "'10.0.0.0/33' does not appear to be an IPv4 or IPv6 network"),
        ("10.0.0.1/8", "10.0.0.1/8 has host bits set"),
        ("::ffff:0:0/95", "::ffff:0:0/95 has host bits set"),
        ("fe80::1%eth0", "'fe80::1%eth0' has a zone"),
    ],
)
def test_what_is_no_network_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        parse_network(text)
