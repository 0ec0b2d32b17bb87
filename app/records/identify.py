"""What the Identify menu can do."""

from app.records.record import ActionRecord

RECORDS: tuple[ActionRecord, ...] = (
    ActionRecord(
        "identify",
        "I&dentify",
        "Rank a library of candidates by how much they stand out in the map",
        "F8",
        "identify",
        lambda s: not s.scanning,
    ),
    ActionRecord(
        "pause_scan",
        "&Pause or Resume",
        "Let a scan rest, or go on with it where it was stopped",
        "Shift+F8",
        None,
        lambda s: s.scanning or s.resting,
    ),
    ActionRecord(
        "open_scan",
        "Open Scan &Results …",
        "Show a scan that was made before, here or on a cluster",
        "Ctrl+Alt+I",
        None,
        lambda s: not s.scanning,
    ),
    ActionRecord(
        "open_best",
        "Open &Best Candidates",
        "Put the best candidates into the session, each where it was found",
        "Ctrl+Alt+B",
        None,
        lambda s: s.ranked,
    ),
    ActionRecord(
        "fit_candidate",
        "Send Candidate to &Fit",
        "Open the chosen candidate, and tick it alone under Fit",
        "Ctrl+Alt+F",
        None,
        lambda s: s.candidate,
    ),
    ActionRecord(
        "accept_candidate",
        "&Accept Candidate",
        "Keep the chosen candidate as a copy where the scan found it",
        "Ctrl+Alt+A",
        None,
        lambda s: s.candidate,
    ),
)
