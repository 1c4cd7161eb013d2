"""ISAKMP: policies and keys of the configuration, the IKEv1 engine that runs by them, its show and debug words."""
