"""Who asks, and whether the way is encrypted: told by a reverse proxy, and believed only of the proxies that the office named."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

_MOST_HOPS = 20


@dataclass(frozen=True, slots=True)
class Proxies:
    """The addresses in front of this server (`site.proxies`); none: whoever connects is the client."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def of(cls, addresses: Iterable[str]) -> "Proxies":
        """Raises ValueError for what is no address or network."""
        return cls(tuple(ip_network(address.strip(), strict=False) for address in addresses))

    def seen(self, scope: Scope) -> tuple[str, str]:
        """(client's address, scheme) of a request."""
        peer = (scope.get("client") or ("", 0))[0]
        if not self._trusts(peer):
            return peer, scope["scheme"]
        headers = Headers(scope=scope)
        told = headers.getlist("x-forwarded-proto")
        scheme = told[-1].rpartition(",")[2].strip().lower() if told else ""
        return self._client(peer, headers), scheme if scheme in ("http", "https") else "http"

    def _client(self, peer: str, headers: Headers) -> str:
        """From the right: each proxy appends who came to it. What stands left of the first stranger anybody may have written."""
        hops = ",".join(headers.getlist("x-forwarded-for")).split(",")
        for hop in reversed(hops[-_MOST_HOPS:]):
            address = _address(hop)
            if address is None:
                return peer
            peer = str(address)
            if not self._trusts(peer):
                return peer
        return peer

    def _trusts(self, peer: str) -> bool:
        address = _address(peer)
        return address is not None and any(address in network for network in self.networks)


def whose(address: str) -> str:
    """What one person is counted by: an IPv4 address, or the /64 that one IPv6 line is given."""
    found = _address(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return str(found) if found else ""


@lru_cache(maxsize=2048)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    """With or without a port, as proxies write it."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
