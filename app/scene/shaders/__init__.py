"""GLSL 1.20 sources: the oldest version that every desktop driver still offers, software renderers included.

ASCII only: vispy hands a source to the driver with its length in characters, so one Å in a comment cuts off its end.
"""
