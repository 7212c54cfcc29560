"""Papers: what a report says, as a Word document or as a PDF."""
