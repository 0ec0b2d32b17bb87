"""Dialogs and helpers around the window: palette, shortcuts, preferences, tour, fetching, pictures, movies, notices."""
