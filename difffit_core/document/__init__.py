"""The project as a value: a frozen session, commands that change it, and the history of both."""
