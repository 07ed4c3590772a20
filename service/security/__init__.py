"""Who may come in, and how what is kept is kept secret."""
