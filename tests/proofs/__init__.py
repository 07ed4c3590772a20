"""Long runs that show what is promised: programs that print a table, each with a small run as a test."""
