"""Longer texts of the help menu."""

from importlib.metadata import PackageNotFoundError, version

MOUSE = """<table cellspacing="7">
<tr><td><b>Left button</b></td><td>turn</td></tr>
<tr><td><b>Right or middle button</b></td><td>move</td></tr>
<tr><td><b>Wheel</b></td><td>zoom</td></tr>
<tr><td><b>Click</b></td><td>select a map or a structure</td></tr>
<tr><td><b>Double click</b></td><td>centre there</td></tr>
<tr><td><b>Up, Down</b> in the table,<br><b>Alt+Up, Alt+Down</b> anywhere</td><td>walk through the placements</td></tr>
<tr><td><b>F5</b></td><td>fit</td></tr>
<tr><td><b>Esc</b></td><td>cancel the fit</td></tr>
</table>"""


def about() -> str:
    """Version, what the program does, and whose method it carries on."""
    return (
        f"<h3>DiffFit {_version()}</h3>"
        "<p>Places atomic structures into cryo-EM density maps.</p>"
        "<p>Builds on the method of Luo et al., <i>DiffFit: Visually-Guided Differentiable Fitting of Molecule "
        'Structures to a Cryo-EM Map</i>, IEEE TVCG 2025, <a href="https://doi.org/10.1109/TVCG.2024.3456404">'
        "doi 10.1109/TVCG.2024.3456404</a>.</p>"
    )


def _version() -> str:
    try:
        return version("difffit")
    except PackageNotFoundError:
        return ""
