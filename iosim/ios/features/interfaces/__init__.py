"""Interfaces: their configuration, the stack's interfaces that follow it, and what the log says of them."""

from iosim.ios.features.interfaces.config import Interfaces, InterfaceSettings, IpAddress
from iosim.ios.features.interfaces.engine import InterfaceFeature, mac_address

__all__ = ["InterfaceFeature", "InterfaceSettings", "Interfaces", "IpAddress", "mac_address"]
