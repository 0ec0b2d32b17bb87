"""What can be done with copies and their density."""

from app.records.record import ActionRecord, any_copy, copy_chosen, density_removed, one_chosen

RECORDS: tuple[ActionRecord, ...] = (
    ActionRecord(
        "accept", "&Accept Placement", "Keep the chosen placements as copies", "Ctrl+Return", "accept", one_chosen
    ),
    ActionRecord(
        "accept_remove",
        "Accept and &Remove Density",
        "Keep the chosen placements, and take what they explain out of the map that is fitted into",
        "Ctrl+Shift+Return",
        None,
        one_chosen,
    ),
    ActionRecord(
        "accept_all",
        "Accept All &Confident",
        "Keep the ticked copies that composing proposes",
        "Ctrl+Alt+Return",
        None,
        lambda s: s.proposed,
    ),
    ActionRecord("assembly", "Show A&ssembly", "Show the copies that were accepted", "Ctrl+Shift+A", "assembly"),
    ActionRecord("centre_copy", "&Centre on Copy", "Look at the chosen copy", "Ctrl+3", None, copy_chosen),
    ActionRecord(
        "handles",
        "&Handles",
        "Arrows that shift and rings that turn the chosen copy, in the view",
        "Ctrl+G",
        "handles",
        any_copy,
        toggle=True,
    ),
    ActionRecord(
        "polish",
        "&Polish Here",
        "Search around the chosen copy, and move it there if the map agrees better with it",
        "F6",
        None,
        lambda s: s.copies > 0 and not (s.fitting or s.polishing or s.composing),
    ),
    ActionRecord(
        "copy_up", "Move Copy &Up", "Put the chosen copy higher in the list", "Ctrl+Shift+Up", None, copy_chosen
    ),
    ActionRecord(
        "copy_down", "Move Copy D&own", "Put the chosen copy lower in the list", "Ctrl+Shift+Down", None, copy_chosen
    ),
    ActionRecord(
        "delete_copy", "&Delete Copy", "Take the chosen copies out of the assembly", "Ctrl+Del", None, copy_chosen
    ),
    ActionRecord(
        "density",
        "E&xplained Density …",
        "See what the copies explain, before it is taken out of the map",
        "Ctrl+Alt+D",
        None,
        any_copy,
    ),
    ActionRecord(
        "remove_density",
        "Re&move Density",
        "Take out what the chosen copies explain; the rest of the map is fitted into from then on",
        "Ctrl+Shift+D",
        None,
        any_copy,
    ),
    ActionRecord(
        "restore_density",
        "R&estore Density",
        "Put back what the chosen copies explain",
        "Ctrl+Shift+U",
        None,
        density_removed,
    ),
    ActionRecord("clashes", "C&lashes", "See where copies come too close", "Ctrl+Shift+K", None, any_copy),
    ActionRecord(
        "export_assembly",
        "&Export Assembly …",
        "Write the copies as one structure or a file each",
        "Ctrl+Shift+E",
        None,
        any_copy,
    ),
)
