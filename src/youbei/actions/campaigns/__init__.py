"""Collection campaigns: open them, tell the units, take their answers through a link without an account."""
