"""The channels through which payers are asked, a file each."""
