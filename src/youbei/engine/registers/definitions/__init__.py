"""Every register of the platform; what is a catalogue in it comes from the content."""
