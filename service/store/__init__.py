"""What the service remembers: plain functions over a session."""
