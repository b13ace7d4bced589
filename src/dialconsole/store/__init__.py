"""What outlives the process: small documents (TinyDB), the ledger (sqlite), and the folder that holds both."""
