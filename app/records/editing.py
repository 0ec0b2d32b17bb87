"""What the Edit menu can do."""

from app.records.record import ActionRecord, Standard, any_cluster

RECORDS: tuple[ActionRecord, ...] = (
    ActionRecord("undo", "&Undo", "Take back the last change", Standard.Undo, "undo", lambda s: s.undo is not None),
    ActionRecord("redo", "&Redo", "Make the change again", "Ctrl+Shift+Z", "redo", lambda s: s.redo is not None),
    ActionRecord(
        "copy_table", "&Copy Cluster Table", "Copy all clusters with full numbers", "Ctrl+Shift+C", "copy", any_cluster
    ),
    ActionRecord("filter", "&Filter Clusters", "Type what the table of clusters shows", "Ctrl+F", None, any_cluster),
    ActionRecord("preferences", "&Preferences …", "Theme, notices, fetched files", "Ctrl+,"),
)
