"""Work in the background: lists of appointments, read and verified row by row."""
