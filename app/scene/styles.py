"""The choices a user has for how things look, by name."""

from typing import Literal

MapStyle = Literal["surface", "mesh"]
Representation = Literal["cartoon", "tube", "sticks", "spheres"]
ColourScheme = Literal["uniform", "chain", "element", "b_factor", "plddt", "residue"]
Axis = Literal["x", "y", "z"]
Projection = Literal["perspective", "orthographic"]
Side = Literal["front", "back", "left", "right", "top", "bottom"]
Motion = Literal["none", "spin", "rock"]
