"""The declared settings of the process, read once, and what Django makes of them."""
