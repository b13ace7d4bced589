"""What fills the terminal: one screen for each place a person can be in."""
