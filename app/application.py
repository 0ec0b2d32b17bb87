"""Starts the program: the window first, everything heavy after it."""

import argparse
import signal
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from app.controller import Controller
from app.crash_reports import CrashWatch, catch_exceptions, crash_folder, left_behind
from app.icons import add_resource_path
from app.main_window import MainWindow
from app.memory import use_few_heaps
from app.preferences import Preferences
from app.scene.gl_setup import prepare_opengl
from app.shell.crash_dialog import CrashDialog
from app.theme import CHOICES, ThemeSwitch

INTERRUPT_MS = 300  # how soon Ctrl+C is heard
WARM_UP_AFTER_MS = 300  # the window has been drawn by then
RECOVER_AFTER_MS = 400


def main(arguments: list[str]) -> int:
    """Run the window until it is closed; returns the exit code."""
    options = make_parser().parse_args(arguments)
    application = make_application()
    preferences = Preferences(QSettings())
    themes = ThemeSwitch(options.theme or preferences.theme)
    themes.choose(themes.choice)
    watch = CrashWatch(crash_folder())
    watch.begin()
    application.aboutToQuit.connect(watch.end)
    window = MainWindow(Controller(preferences), themes)
    catch_faults(window, watch)
    close_on_interrupt(window)
    window.show()
    QTimer.singleShot(0, window.plot_panel.prepare)
    QTimer.singleShot(0, window.compose_panel.prepare)
    QTimer.singleShot(0, window.scan_plots.prepare)
    QTimer.singleShot(WARM_UP_AFTER_MS, lambda: warm_up(window))
    if options.demo is not None:
        return run_demo(application, window, options.demo, leave=options.quit)
    window.files.open_files(options.files)
    QTimer.singleShot(RECOVER_AFTER_MS, window.projects.recovering.offer)
    QTimer.singleShot(RECOVER_AFTER_MS, lambda: offer_reports(window))
    if not options.files:
        window.help.offer_tour()
    return application.exec()


def make_parser() -> argparse.ArgumentParser:
    """The command line of the window."""
    parser = argparse.ArgumentParser(prog="difffit open", description="Open the DiffFit window.")
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="maps and structures in any order, or a project"
    )
    parser.add_argument("--theme", choices=CHOICES, help="colours for this run; the remembered choice when not given")
    parser.add_argument(
        "--demo", type=Path, metavar="FOLDER", help="open the sample, fit it, and write the result and a picture there"
    )
    parser.add_argument("--quit", action="store_true", help="with --demo: close the window when the demo is done")
    return parser


def make_application() -> QApplication:
    """Qt's application object with our name and style; the one that exists if there is one."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    use_few_heaps()
    prepare_opengl()
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication(["difffit"])
    application.setApplicationName("DiffFit")
    application.setOrganizationName("DiffFit")
    application.setDesktopFileName("difffit")
    application.setStyle("Fusion")
    add_resource_path()
    return application


def warm_up(window: MainWindow) -> None:
    """Load or compile the engine's kernels while the user opens files."""
    window.controller.tasks.submit(_warm_up, on_result=lambda _: None, on_error=window.show_unexpected)


def _warm_up() -> None:
    from difffit_core.fit.device import warm_up as load_kernels

    load_kernels()


class Faults(QObject):
    """Exceptions that nothing else catches, brought from any thread to the window's."""

    happened = Signal(object)  # Exception


def catch_faults(window: MainWindow, watch: CrashWatch) -> None:
    """Keep and show exceptions that nothing else catches, instead of letting them vanish on standard error."""
    faults = Faults(window)
    faults.happened.connect(window.show_unexpected)
    window.problems.keep_report = watch.write
    catch_exceptions(faults.happened.emit)


def offer_reports(window: MainWindow) -> None:
    """Show what an earlier window that ended by itself was doing."""
    reports = left_behind(crash_folder())
    if reports:
        CrashDialog(reports, window).show()


def close_on_interrupt(window: MainWindow) -> None:
    """Ctrl+C in the terminal closes the window as a click would; Python hears of it only while it runs Python."""
    signal.signal(signal.SIGINT, lambda *_: window.close())
    listening = QTimer(window)
    listening.timeout.connect(lambda: None)
    listening.start(INTERRUPT_MS)


def run_demo(application: QApplication, window: MainWindow, folder: Path, *, leave: bool) -> int:
    """Show the sample being fitted and write what came out; returns the exit code."""
    from app.demo import Demo

    demo = Demo(window, folder, leave=leave)
    QTimer.singleShot(0, demo.begin)
    code = application.exec()
    return code or demo.exit_code
