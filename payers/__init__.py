"""The witnesses: what payers publish and what they report."""
