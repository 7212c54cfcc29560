"""Youbei 有备: emergency plans you can run."""

__version__ = "0.1.0"
