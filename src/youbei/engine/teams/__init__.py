"""What makes a team fit for its task: its people against its roles, its equipment against its list, its turn-out."""
