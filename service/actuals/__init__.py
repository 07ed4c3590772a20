"""What payers paid: read from remittance advice and from tables, matched to cases, kept, and measured."""
