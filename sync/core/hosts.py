"""Which host names mean this machine itself: plain http and mail without TLS are for them alone."""

import ipaddress
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """This machine, by name or number."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_private(host: str) -> bool:
    """A number in an office's own network, or this machine: no name, which could lead anywhere."""
    try:
        return is_loopback(host) or ipaddress.ip_address(host.strip("[]")).is_private
    except ValueError:
        return False


def is_network(text: str) -> bool:
    """An address, or a network of addresses: `10.0.0.0/8`."""
    try:
        ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return False
    return True


def fit_site(address: str) -> bool:
    """Where pages may be reached: https, or http on this machine; a plain host and port, without a path."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    origin = f"{parts.scheme}://{parts.netloc}"
    plain = address in (origin, origin + "/") and "@" not in parts.netloc and address.isascii()
    return bool(host) and secure and plain
