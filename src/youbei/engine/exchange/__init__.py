"""Exchange with other systems in the emergency formats of OASIS (EDXL): which of our words is which of theirs."""
