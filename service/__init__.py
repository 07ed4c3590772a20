"""The desk: asks, decides, remembers, shows."""
