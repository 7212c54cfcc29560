"""Think: pure Python, no Django, no input or output, no clock, no chance of its own."""
