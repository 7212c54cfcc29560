"""The incident board and what is done from it: steps, command, resources, the exercise clock."""
