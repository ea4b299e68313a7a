"""The made-up MSP: its people, customers, deals and days, drawn from a seed."""
