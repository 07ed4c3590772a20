"""What a clinic's website shows: the script with its element, and the same in pages without a script."""
