"""Measurements, each side by side with a named peer in one run. Ratios hold; microseconds drift."""
