"""The certificates that this computer trusts: offices behind a proxy that inspects have their own among them."""

import ssl


def system_trust() -> ssl.SSLContext:
    """Where there is no trust store to ask, Python's own list serves."""
    try:
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    except (ImportError, NotImplementedError, OSError):
        return ssl.create_default_context()
