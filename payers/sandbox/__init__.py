"""A payer to try the service with: a real server on loopback, invented members, every way to answer."""
