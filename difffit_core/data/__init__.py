"""What things are: volumes, structures, poses. numpy only."""
