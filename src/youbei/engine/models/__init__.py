"""Models of what an exercise is about: outbreak, toxic cloud, evacuation, flood. Pure functions, standard library only.

Each names the source of its equations and where they hold; outside of that it refuses, and says why.
"""
