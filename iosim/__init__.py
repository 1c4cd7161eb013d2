"""iosim: a Cisco-IOS-style router and IPsec VPN emulator."""

__version__ = "0.1.0"
