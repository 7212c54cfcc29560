"""The HTTP API under `/api/`: a router per subject."""
