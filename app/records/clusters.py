"""What can be done with placements that were found."""

from app.records.record import ActionRecord, any_cluster, one_chosen

RECORDS: tuple[ActionRecord, ...] = (
    ActionRecord("next", "&Next Placement", "Go down one row in the table", "Alt+Down", None, any_cluster),
    ActionRecord("previous", "&Previous Placement", "Go up one row in the table", "Alt+Up", None, any_cluster),
    ActionRecord("centre", "C&entre on Placement", "Look at the chosen place", "Ctrl+2", None, one_chosen),
    ActionRecord(
        "replay", "Play the C&limb", "Show how the structure came to this place", "Ctrl+P", "play", one_chosen
    ),
    ActionRecord("pin", "&Pin", "Keep the chosen rows on top of the table, or let them go", "Ctrl+D", None, one_chosen),
    ActionRecord("compare", "C&ompare", "Compare the two chosen rows", "Ctrl+E", None, lambda s: s.chosen == 2),
    ActionRecord(
        "spheres",
        "Clusters as &Spheres",
        "A sphere for every cluster, larger with more hits",
        "Ctrl+B",
        "spheres",
        any_cluster,
        toggle=True,
    ),
    *(
        ActionRecord(f"places_{by}", text, tip, None, None, group="places", on=by == "structure")
        for by, text, tip in (
            ("structure", "By &Structure", "Spheres and copies in the colour of their structure"),
            ("cluster", "By &Cluster", "Spheres and copies of every cluster in a colour of its own"),
            ("score", "By S&core", "Spheres and copies from the lowest to the highest correlation"),
        )
    ),
)
