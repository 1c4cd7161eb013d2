"""Labs: the lab file, the topology as pure data, the network built from it, and its checks."""

from iosim.lab.errors import LabError

__all__ = ["LabError"]
