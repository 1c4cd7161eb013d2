"""The features: one module or package each, found by a sorted walk (see iosim/ios/registry.py)."""
