"""What the File menu can do: open, fetch, save, hand on, close."""

from app.records.record import ActionRecord, Standard, any_cluster, any_data

RECORDS: tuple[ActionRecord, ...] = (
    ActionRecord("new_project", "&New Project", "Begin anew, with nothing open", Standard.New),
    ActionRecord("open", "&Open …", "Open maps and structures, or a project", Standard.Open, "open"),
    ActionRecord("open_project", "Open Pro&ject …", "Open what was saved as a project"),
    ActionRecord("sample", "Open &Sample", "Open a real map and a structure to try the program with", None, "sample"),
    ActionRecord(
        "fetch", "Fetch by I&d …", "Get maps and structures from EMDB, PDB and AlphaFold DB", "Ctrl+Shift+O", "fetch"
    ),
    ActionRecord("forget_recent", "Clear List", "Forget the files opened last"),
    ActionRecord("save_project", "&Save Project", "Save everything to its file", Standard.Save, "save", any_data),
    ActionRecord(
        "save_project_as",
        "Save Project &As …",
        "Save everything to another file, or with maps and structures inside",
        "Ctrl+Shift+S",
        None,
        any_data,
    ),
    ActionRecord("recover", "&Recover Unsaved Work …", "Look for what windows left that did not end well"),
    ActionRecord(
        "save_placed",
        "Save Placed S&tructure …",
        "Write the structure where it stands now, as mmCIF or PDB",
        "Ctrl+Alt+S",
        "structure",
        lambda s: s.placed,
    ),
    ActionRecord("save_image", "Save &Image …", "Write the 3D view as a picture", "Ctrl+Shift+I", "camera", any_data),
    ActionRecord("save_movie", "Save Mo&vie …", "Write a full turn of the 3D view", "Ctrl+Shift+M", None, any_data),
    ActionRecord(
        "chimerax", "Open in Chimera&X …", "Show maps and copies in ChimeraX, as here", "Ctrl+Alt+X", None, any_data
    ),
    ActionRecord("coot", "Open in &Coot …", "Show maps and copies in Coot, as here", "Ctrl+Alt+C", None, any_data),
    ActionRecord(
        "export_tables", "Export &Table …", "Write clusters or copies as a table", "Ctrl+Alt+T", None, any_cluster
    ),
    ActionRecord(
        "report", "Write &Report …", "Pictures, parameters, tables, a methods paragraph", "Ctrl+Alt+R", None, any_data
    ),
    ActionRecord("close_all", "&Close All", "Close all maps and structures", "Ctrl+Shift+W", None, any_data),
    ActionRecord("quit", "&Quit", "Leave the program", "Ctrl+Q"),
)
