"""Which host names mean this machine itself: plain http and mail without TLS are for them alone."""

import ipaddress


def is_loopback(host: str) -> bool:
    """This machine, by name or number."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
