"""What the View menu can do: camera, theme, panels."""

from app.records.record import ActionRecord, any_data

RECORDS: tuple[ActionRecord, ...] = (
    ActionRecord("frame_all", "Show &All", "Move the camera so that everything is seen", "Ctrl+0", "frame", any_data),
    ActionRecord(
        "frame_map",
        "Show &Map",
        "Move the camera so that the current map is seen",
        "Ctrl+1",
        None,
        lambda s: bool(s.session.maps),
    ),
    *(
        ActionRecord(
            f"view_{side}",
            f"&{side.capitalize()}",
            f"Look at everything from the {side}",
            f"Ctrl+Alt+{key}",
            None,
            any_data,
        )
        for side, key in (("front", "1"), ("back", "2"), ("left", "3"), ("right", "4"), ("top", "5"), ("bottom", "6"))
    ),
    ActionRecord("orthographic", "&Orthographic", "Without perspective", "Ctrl+Alt+O", toggle=True),
    ActionRecord("spin", "Sp&in", "Turn the scene slowly", "Ctrl+Shift+R", None, any_data, toggle=True),
    ActionRecord("clip", "&Clip …", "Cut away what is near or far", "Ctrl+Alt+P", None, any_data),
    ActionRecord("theme_system", "&System", "Light or dark as the desktop is", group="theme"),
    ActionRecord("theme_light", "&Light", "Dark text on light ground", group="theme"),
    ActionRecord("theme_dark", "&Dark", "Light text on dark ground", group="theme"),
    ActionRecord("reset_layout", "&Reset Layout", "Put all panels where they were at first"),
    ActionRecord("full_screen", "F&ull Screen", "Fill the screen, or stop doing so", "F11"),
)
