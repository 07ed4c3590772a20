"""Tells other systems what happened: signed as Standard Webhooks says, again and again until it is taken."""
