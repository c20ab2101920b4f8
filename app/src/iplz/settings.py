"""What the environment says."""

import re
from collections.abc import Mapping

from iplz.addresses import Network, parse_network

TRUSTED_PROXIES = "IPLZ_TRUSTED_PROXIES"


class SettingError(SystemExit):
    """A bad value in the environment.

    An exit rather than an exception: a server that imports `iplz:app` stops with this one line
    on its standard error, and no traceback.
    """


def trusted_proxies(environ: Mapping[str, str]) -> tuple[Network, ...]:
    """Read the networks whose forwarded addresses are believed; none by default."""
    networks: list[Network] = []
    faults: list[str] = []
    for text in re.split(r"[\s,]+", environ.get(TRUSTED_PROXIES, "")):
        if not text:
            continue
        try:
            networks.append(parse_network(text))
        except ValueError as error:
            faults.append(str(error))
    if faults:
        msg = (
            f"iplz: {TRUSTED_PROXIES}: {'; '.join(faults)}. Expected IPv4 or IPv6 networks, "
            "separated by commas or spaces, such as 10.0.0.0/8,2001:db8::/32"
        )
        raise SettingError(msg)
    return tuple(networks)
