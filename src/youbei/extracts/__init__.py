"""Read roads out of files of others: extracts of OpenStreetMap, and tables of nodes and arcs."""
