"""Access lists, numbered and named, standard and extended: their lines, their matches, and where they filter."""

from iosim.ios.features.access_lists.engine import AccessLists

__all__ = ["AccessLists"]
