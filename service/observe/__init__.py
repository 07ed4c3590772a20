"""What whoever runs the service sees of it: log lines and metrics, with nothing of a member in either."""
