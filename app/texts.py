"""Longer texts of the help menu."""

from importlib.metadata import PackageNotFoundError, version

MOUSE = """<table cellspacing="7">
<tr><td><b>Left button</b></td><td>turn</td></tr>
<tr><td><b>Right or middle button</b></td><td>move</td></tr>
<tr><td><b>Wheel</b></td><td>zoom</td></tr>
<tr><td><b>Click</b></td><td>select a map or a structure</td></tr>
<tr><td><b>Double click</b></td><td>centre there</td></tr>
<tr><td><b>Up, Down</b> in the table</td><td>walk through the placements</td></tr>
<tr><td><b>Shift</b> or <b>Ctrl</b> + click there</td><td>show several placements together</td></tr>
</table>"""

TOUR_OPEN = (
    "Drop your files here, or begin with the sample: haemoglobin at 3.2 Å, and one of its chains, "
    "which lies far away from its place."
)
TOUR_FIT = "DiffFit searches the whole map; no start by hand is needed. Watch the poses climb, and cancel at any time."
TOUR_LOOK = (
    "Every row is a place that was found, the best first. Walk with the arrow keys; the structure follows. "
    "A confidence near 100 % means that the place stands alone."
)

BIBTEX = """@article{luo2025difffit,
  title   = {DiffFit: Visually-Guided Differentiable Fitting of Molecule Structures to a Cryo-EM Map},
  author  = {Luo, Deng and Alsuwaykit, Zainab and Khan, Dawar and Strnad, Ondřej and Isenberg, Tobias and Viola, Ivan},
  journal = {IEEE Transactions on Visualization and Computer Graphics},
  year    = {2025},
  doi     = {10.1109/TVCG.2024.3456404},
}"""


def about() -> str:
    """Version, what the program does, and whose method it carries on."""
    return (
        f"<h3>DiffFit {program_version()}</h3>"
        "<p>Places atomic structures into cryo-EM density maps.</p>"
        "<p>Builds on the method of Luo et al., <i>DiffFit: Visually-Guided Differentiable Fitting of Molecule "
        'Structures to a Cryo-EM Map</i>, IEEE TVCG 2025, <a href="https://doi.org/10.1109/TVCG.2024.3456404">'
        "doi 10.1109/TVCG.2024.3456404</a>.</p>"
    )


def program_version() -> str:
    """The version, empty when the program is not installed."""
    try:
        return version("difffit")
    except PackageNotFoundError:
        return ""
