"""How numbers are written in the window."""

import math


def decimals_for(smallest: float) -> int:
    """Decimals that still show a difference of `smallest`."""
    if smallest <= 0 or not math.isfinite(smallest):
        return 3
    return min(9, max(0, math.ceil(-math.log10(smallest))))


def fixed(value: float, decimals: int) -> str:
    """With this many decimals and a real minus sign; a dash when it is not a number."""
    if not math.isfinite(value):
        return "–"
    text = f"{value:.{decimals}f}"
    return f"−{text[1:]}" if text.startswith("-") and float(text) != 0 else text.lstrip("-")


def significant(value: float, digits: int = 3) -> str:
    """With this many significant digits and a real minus sign; a dash when it is not a number."""
    if not math.isfinite(value):
        return "–"
    return f"{value:.{digits}g}".replace("-", "−")
