"""The draws by the name under which they were first published; they live in `engine.draws`."""

from youbei.engine.draws import Draws, Purpose, duration, mix, travel_time

__all__ = ("Draws", "Purpose", "duration", "mix", "travel_time")
