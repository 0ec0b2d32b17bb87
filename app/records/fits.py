"""What the Fit menu can do: fits and composing."""

from app.records.record import ActionRecord

RECORDS: tuple[ActionRecord, ...] = (
    ActionRecord("fit", "&Fit", "Search the map for the ticked structures", "F5", "fit", lambda s: s.can_fit),
    ActionRecord(
        "cancel",
        "&Cancel",
        "Stop what runs",
        "Esc",
        "stop",
        lambda s: s.fitting or s.polishing or s.composing or s.scanning,
    ),
    ActionRecord(
        "search_around",
        "&Search Around Placement",
        "Fit again, only around the chosen place",
        "Ctrl+R",
        None,
        lambda s: s.chosen > 0 and s.can_fit,
    ),
    ActionRecord(
        "segment",
        "Se&gment Map",
        "Cut the map that is fitted into in parts, to search them one by one",
        "Ctrl+Alt+G",
        None,
        lambda s: bool(s.session.maps),
    ),
    ActionRecord(
        "compose",
        "C&ompose",
        "Place all copies of the ticked structures, round after round",
        "F7",
        "compose",
        lambda s: s.can_fit,
    ),
)
