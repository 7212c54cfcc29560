"""Live updates: the log as server-sent events, to each user what that user may see.

tail.py      reads new entries, once per process
hub.py       hands them to every client, in memory
viewer.py    who the client is and what it may see
endpoint.py  the ASGI application under /live/
"""
