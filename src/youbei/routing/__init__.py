"""Ask routing servers outside for travel times."""
