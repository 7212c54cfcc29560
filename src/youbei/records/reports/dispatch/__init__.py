"""What a dispatch draws on, read from the registers: running responses, forces, stock, agreements."""
