"""Take in what other systems send in the emergency formats of OASIS (EDXL)."""
