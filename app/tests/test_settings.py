"""The environment is read whole, and a bad value ends the process with one clear line."""

import pytest

from iplz.settings import SettingError, trusted_proxies


@pytest.mark.parametrize(
    ("environ", "networks"),
    [
        ({}, []),
        ({"IPLZ_TRUSTED_PROXIES": ""}, []),
        ({"IPLZ_TRUSTED_PROXIES": " , "}, []),
        ({"IPLZ_TRUSTED_PROXIES": "10.0.0.0/8"}, ["10.0.0.0/8"]),
        ({"IPLZ_TRUSTED_PROXIES": "192.0.2.1,fd00::/8"}, ["192.0.2.1/32", "fd00::/8"]),
        ({"IPLZ_TRUSTED_PROXIES": "192.0.2.1  fd00::/8\n"}, ["192.0.2.1/32", "fd00::/8"]),
        ({"IPLZ_TRUSTED_PROXIES": "192.0.2.1, fd00::/8,"}, ["192.0.2.1/32", "fd00::/8"]),
    ],
)
def test_trusted_proxies_are_separated_by_commas_or_spaces(
    environ: dict[str, str], networks: list[str]
) -> None:
    assert [str(network) for network in trusted_proxies(environ)] == networks


def test_all_bad_networks_are_named_in_one_line_that_says_what_is_expected() -> None:
    with pytest.raises(SettingError) as caught:
        trusted_proxies({"IPLZ_TRUSTED_PROXIES": "10.0.0.1/8, 192.0.2.1, proxy.example"})
    assert str(caught.value) == (
        "iplz: IPLZ_TRUSTED_PROXIES: 10.0.0.1/8 has host bits set; "
        "'proxy.example' does not appear to be an IPv4 or IPv6 network. "
        "Expected IPv4 or IPv6 networks, separated by commas or spaces, "
        "such as 10.0.0.0/8,2001:db8::/32"
    )
