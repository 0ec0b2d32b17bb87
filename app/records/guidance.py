"""What the Help menu can do."""

from app.records.record import ActionRecord

RECORDS: tuple[ActionRecord, ...] = (
    ActionRecord("palette", "&Command Palette …", "Do anything by typing its name", "Ctrl+K", also="Ctrl+Shift+P"),
    ActionRecord("shortcuts", "&Mouse and Keys", "How to turn, move and zoom, and all keys", "F1", also="?"),
    ActionRecord("tour", "Take the &Tour", "Three steps from a map to a placed structure"),
    ActionRecord("documentation", "&Documentation", "How to do what, in the browser; no network is needed", "Shift+F1"),
    ActionRecord("about", "&About DiffFit", "Versions, citation, licences"),
)
