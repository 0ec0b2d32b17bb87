"""The DiffFit engine: places atomic structures into cryo-EM density maps. No Qt, and no torch until it is needed.

Names are loaded when they are first used (PEP 562), so importing this package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from difffit_core.compose.rounds import Composition, compose_assembly
    from difffit_core.data.contour import suggested_level
    from difffit_core.data.placed import Placed
    from difffit_core.data.poses import Poses
    from difffit_core.data.region import Box, Mask, Near, Region, Sphere, mask_of
    from difffit_core.data.removal import RemovalSettings
    from difffit_core.data.residue_scores import ResidueScores
    from difffit_core.data.results import Cluster, FitResult, Scores
    from difffit_core.data.segments import segment_map
    from difffit_core.data.structure import Structure
    from difffit_core.data.volume import Volume
    from difffit_core.document.project_file import open_project, save_project
    from difffit_core.errors import DiffFitError
    from difffit_core.events import run
    from difffit_core.files.assembly_files import write_assembly
    from difffit_core.files.map_files import read_map, read_volume, write_volume
    from difffit_core.files.pae import read_pae
    from difffit_core.files.placed_structures import write_placed_structure
    from difffit_core.files.regions import read_region
    from difffit_core.files.samples import load_sample
    from difffit_core.files.split_structure import split_chains, split_domains
    from difffit_core.files.structure_files import read_structure
    from difffit_core.fit.clashes import find_clashes
    from difffit_core.fit.fit_structure import fit_structure
    from difffit_core.fit.plugin_scores import plugin_score, ranked_by
    from difffit_core.fit.residue_scores import score_residues
    from difffit_core.fit.score_structure import score_where_it_stands
    from difffit_core.fit.simulate import simulate_map
    from difffit_core.fit.subtract import remove_density
    from difffit_core.scan.case import ScanCase
    from difffit_core.scan.library import list_library
    from difffit_core.scan.scan_library import scan_library
    from difffit_core.settings import FitSettings

_HOMES = {
    "Composition": "compose.rounds",
    "compose_assembly": "compose.rounds",
    "suggested_level": "data.contour",
    "Placed": "data.placed",
    "Poses": "data.poses",
    "Box": "data.region",
    "Mask": "data.region",
    "mask_of": "data.region",
    "Near": "data.region",
    "Region": "data.region",
    "Sphere": "data.region",
    "RemovalSettings": "data.removal",
    "ResidueScores": "data.residue_scores",
    "Cluster": "data.results",
    "FitResult": "data.results",
    "Scores": "data.results",
    "segment_map": "data.segments",
    "Structure": "data.structure",
    "Volume": "data.volume",
    "open_project": "document.project_file",
    "save_project": "document.project_file",
    "DiffFitError": "errors",
    "run": "events",
    "write_assembly": "files.assembly_files",
    "read_map": "files.map_files",
    "read_volume": "files.map_files",
    "write_volume": "files.map_files",
    "read_pae": "files.pae",
    "write_placed_structure": "files.placed_structures",
    "read_region": "files.regions",
    "load_sample": "files.samples",
    "split_chains": "files.split_structure",
    "split_domains": "files.split_structure",
    "read_structure": "files.structure_files",
    "find_clashes": "fit.clashes",
    "fit_structure": "fit.fit_structure",
    "plugin_score": "fit.plugin_scores",
    "ranked_by": "fit.plugin_scores",
    "score_residues": "fit.residue_scores",
    "score_where_it_stands": "fit.score_structure",
    "simulate_map": "fit.simulate",
    "remove_density": "fit.subtract",
    "ScanCase": "scan.case",
    "list_library": "scan.library",
    "scan_library": "scan.scan_library",
    "FitSettings": "settings",
}

__all__ = [
    "Box",
    "Cluster",
    "Composition",
    "DiffFitError",
    "FitResult",
    "FitSettings",
    "Mask",
    "Near",
    "Placed",
    "Poses",
    "Region",
    "RemovalSettings",
    "ResidueScores",
    "ScanCase",
    "Scores",
    "Sphere",
    "Structure",
    "Volume",
    "compose_assembly",
    "find_clashes",
    "fit_structure",
    "list_library",
    "load_sample",
    "mask_of",
    "open_project",
    "plugin_score",
    "ranked_by",
    "read_map",
    "read_pae",
    "read_region",
    "read_structure",
    "read_volume",
    "remove_density",
    "run",
    "save_project",
    "scan_library",
    "score_residues",
    "score_where_it_stands",
    "segment_map",
    "simulate_map",
    "split_chains",
    "split_domains",
    "suggested_level",
    "write_assembly",
    "write_placed_structure",
    "write_volume",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
