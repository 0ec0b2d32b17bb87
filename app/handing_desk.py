"""What leaves the program: maps and copies for ChimeraX and Coot, tables, the report."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QBuffer, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from app.actions import Handlers
from app.controller import Controller
from app.programs import find_program, start_program
from app.project_reading import session_name
from app.scene.camera import Camera
from app.scene.viewport import Viewport
from app.shell.hand_on_dialog import SEND, START, HandOnDialog, HandOnWish
from difffit_core.document.session import Session

SCRIPTS = {"ChimeraX": "open in ChimeraX.cxc", "Coot": "open in Coot.py"}
TABLES = {  # filter of the file dialog: what goes into the table, and the usual ending
    "Clusters, separated by commas (*.csv)": ("clusters", "csv"),
    "Clusters, separated by tabs (*.tsv)": ("clusters", "tsv"),
    "Copies, separated by commas (*.csv)": ("copies", "csv"),
    "Copies, separated by tabs (*.tsv)": ("copies", "tsv"),
}
VIEWS = 2  # pictures in a report: as on screen, and turned by a quarter
PICTURE_WIDTH, PICTURE_SAMPLES = 1000, 2  # pixels; the window waits for them


@dataclass(frozen=True)
class Handed:
    """What was written, and how many commands were sent (0: none)."""

    script: Path
    sent: int


class HandingDesk(QObject):
    """Asks how and where; the pool writes."""

    message = Signal(str)
    failed = Signal(object)  # Exception

    def __init__(self, window: QWidget, controller: Controller, viewport: Viewport) -> None:
        super().__init__(window)
        self._window, self._controller, self._view = window, controller, viewport

    def handlers(self) -> Handlers:
        """What the menus can ask for."""
        return {
            "chimerax": partial(self.ask_hand_on, "ChimeraX"),
            "coot": partial(self.ask_hand_on, "Coot"),
            "export_tables": self.ask_tables,
            "report": self.ask_report,
        }

    def ask_hand_on(self, program: str) -> None:
        """Let the user choose how the session goes to another program."""
        from difffit_core.files.chimerax_remote import PORT

        port = PORT if program == "ChimeraX" else None
        folder = self._folder / f"{self._name} for {program}"
        dialog = HandOnDialog(program, find_program(program), folder, port, self._window)
        dialog.asked.connect(self._hand_on)
        dialog.open()

    def ask_tables(self) -> None:
        """Let the user choose which table to write, and where."""
        dialog = self._saving("Export table", f"{self._name} clusters.csv")
        dialog.setNameFilters(list(TABLES))
        dialog.setDefaultSuffix("csv")
        dialog.filterSelected.connect(partial(self._suggest_table, dialog))
        dialog.fileSelected.connect(lambda name: self._write_table(Path(name), *TABLES[dialog.selectedNameFilter()]))
        dialog.open()

    def ask_report(self) -> None:
        """Let the user choose where the report goes."""
        dialog = self._saving("Report", f"{self._name} report.html")
        dialog.setNameFilter("Web page (*.html)")
        dialog.setDefaultSuffix("html")
        dialog.fileSelected.connect(lambda name: self._write_report(Path(name)))
        dialog.open()

    @property
    def _name(self) -> str:
        """What files are called after: the project, else its first map or structure."""
        return self._controller.project.name or session_name(self._controller.document.session)

    @property
    def _folder(self) -> Path:
        project = self._controller.project.path
        return project.parent if project is not None else Path(self._controller.preferences.folder)

    def _saving(self, title: str, name: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title, str(self._folder / name))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _suggest_table(self, dialog: QFileDialog, chosen: str) -> None:
        what, ending = TABLES[chosen]
        dialog.setDefaultSuffix(ending)
        dialog.selectFile(f"{self._name} {what}.{ending}")

    def _hand_on(self, wish: HandOnWish) -> None:
        work = partial(hand_on, self._controller.document.session, wish)
        self._controller.tasks.submit(work, on_result=partial(self._go_on, wish), on_error=self.failed.emit)

    def _go_on(self, wish: HandOnWish, handed: Handed) -> None:
        """Start the program when that was asked for, and say what has happened."""
        program = find_program(wish.program) if wish.how == START else None
        options = ["--script"] if wish.program == "Coot" else []
        if program is not None and start_program(program, [*options, str(handed.script)]):
            self.message.emit(f"Started {wish.program} with {handed.script}.")
        elif wish.how == SEND:
            self.message.emit(f"Sent {handed.sent} commands to {wish.program}; its files are in {wish.folder}.")
        else:
            self.message.emit(f"The script is {handed.script}: open it in {wish.program}.")

    def _write_table(self, path: Path, what: str, _: str) -> None:
        work = partial(write_rows, self._controller.document.session, what, path)
        self._submit(work, path)

    def _write_report(self, path: Path) -> None:
        session, pictures = self._controller.document.session, self._pictures()
        self._submit(partial(write_report, session, self._name, pictures, path), path, show=True)

    def _submit(self, work: "partial[None]", path: Path, *, show: bool = False) -> None:
        self._controller.preferences.folder = str(path.parent)
        self._controller.tasks.submit(work, on_result=lambda _: self._note(path, show), on_error=self.failed.emit)

    def _note(self, path: Path, show: bool) -> None:
        self.message.emit(f"Saved {path}.")
        if show:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _pictures(self) -> list[bytes]:
        height = round(PICTURE_WIDTH * self._view.height() / max(1, self._view.width()))
        before, camera, pictures = self._view.camera_state(), Camera(), []
        camera.state = before
        for _ in range(VIEWS):
            self._view.set_camera_state(camera.state)
            pixels = self._view.image(PICTURE_WIDTH, height, samples=PICTURE_SAMPLES)
            pictures.append(_png(pixels.tobytes(), PICTURE_WIDTH, height))
            camera.turn(np.pi / 2)
        self._view.set_camera_state(before)  # nothing was painted meanwhile
        return pictures


def hand_on(session: Session, wish: HandOnWish) -> Handed:
    """Write files and script, and send the commands when that was asked for; run it in the pool."""
    from difffit_core.document.handing_over import write_shown
    from difffit_core.files.chimerax_remote import first_free_model, send_commands
    from difffit_core.files.handing_on import chimerax_commands, write_chimerax_script, write_coot_script

    maps, copies = write_shown(session, wish.folder)
    script = wish.folder / SCRIPTS[wish.program]
    write = write_coot_script if wish.program == "Coot" else write_chimerax_script
    write(script, maps, copies)
    if wish.how != SEND:
        return Handed(script, 0)
    commands = chimerax_commands(maps, copies, first_model=first_free_model(wish.port))
    send_commands(commands, wish.port)
    return Handed(script, len(commands))


def write_rows(session: Session, what: str, path: Path) -> None:
    """Write the table of `clusters` or `copies`."""
    from difffit_core.document.tables import cluster_rows, copy_rows, write_table

    write_table(path, cluster_rows(session) if what == "clusters" else copy_rows(session))


def write_report(session: Session, title: str, pictures: list[bytes], path: Path) -> None:
    """Write the report; reads all files for their checksums."""
    from difffit_core.document.report import page_of_session
    from difffit_core.files.report_page import write_page

    write_page(path, page_of_session(session, title=title, pictures=pictures))


def _png(pixels: bytes, width: int, height: int) -> bytes:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImage(pixels, width, height, 4 * width, QImage.Format.Format_RGBA8888).save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
