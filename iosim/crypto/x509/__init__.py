"""X.509 certificates, names and PKCS #10 requests, as IOS makes them and reads them; the work is the library's."""

from iosim.crypto.x509.certificate import Certificate
from iosim.crypto.x509.making import Terms, issue, make_request
from iosim.crypto.x509.names import Name, make_name, read_name
from iosim.crypto.x509.request import Request
from iosim.crypto.x509.text import base64_lines, pem, read_base64

__all__ = [
    "Certificate",
    "Name",
    "Request",
    "Terms",
    "base64_lines",
    "issue",
    "make_name",
    "make_request",
    "pem",
    "read_base64",
    "read_name",
]
