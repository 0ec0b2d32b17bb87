"""Everything about the placement that is chosen: what each metric says, how far a reference is, how it was found."""

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QFormLayout, QFrame, QScrollArea, QVBoxLayout, QWidget

from app.document import Document
from app.panels.cluster_table import COLUMNS, ClusterRow, row_of
from app.panels.metric_notes import usual, verdict
from app.panels.metric_table import MetricTable
from app.panels.numbers import fixed
from app.panels.replay import ReplayBar
from app.placement_clashes import ClashCount
from app.tasks import Tasks
from app.theme import Theme
from app.widgets.labels import heading, muted
from difffit_core.data.residue_scores import ResidueScores
from difffit_core.document.comparison import Reference, distance_from
from difffit_core.document.session import ClusterId, Session
from difffit_core.errors import DiffFitError

NOTHING = "Choose a cluster to see what speaks for it."
Q_MEANING = "How much the density around each atom looks like that of a resolved atom, mean over all atoms."
CLASHES_MEANING = "Residues that come too close to those of copies that were accepted in this map."
INCLUSION_MEANING = "Share of the atoms above the contour level, as EMDB reports it."


class DetailsPanel(QScrollArea):
    """Metrics with what is usual, RMSD to a reference, replay of the climb."""

    def __init__(self, document: Document, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._tasks = document, tasks
        self._chosen: ClusterId | None = None
        self._asked = 0  # number of the latest comparison with a reference
        self.title, self.verdict = heading(""), muted(NOTHING, wrap=True)
        self.metrics = MetricTable()
        self.reference = QComboBox()
        self.reference.setAccessibleName("Reference structure")
        self.reference.setToolTip("Compare with another structure that is open, where it stands, without superposition")
        self.reference.currentIndexChanged.connect(self._compare)
        self.rmsd = muted(wrap=True)
        self.replay = ReplayBar()
        self._lay_out()
        document.changed.connect(self._follow)
        self.show_cluster(None)

    def set_theme(self, theme: Theme) -> None:
        """Draw icons in the theme's colour."""
        self.replay.set_theme(theme)

    def show_cluster(self, chosen: ClusterId | None) -> None:
        """Say everything about this cluster."""
        self._chosen = chosen
        session = self._document.session
        row = row_of(session, chosen)
        self._about.setVisible(row is not None)
        if row is None:
            self.title.setText("")
            self.verdict.setText(NOTHING)
            self.replay.show_path(None)
            return
        self._show_row(session, row)
        self._list_references(session)
        self._compare()

    def show_residues(self, scores: ResidueScores | None) -> None:
        """What the residues say together; None while it is computed."""
        fit = self._document.session.find_fit(self._chosen.fit) if self._chosen else None
        resolution = fit.result.resolution if fit else 0.0
        q_score, inclusion = ("…", "…") if scores is None else (
            fixed(scores.mean_q_score, 3), f"{fixed(100 * scores.atom_inclusion, 0)} %"
        )  # fmt: skip
        self.metrics.show_line("Q-score", q_score, usual("q_score", resolution), meaning=Q_MEANING)
        self.metrics.show_line("Atom inclusion", inclusion, meaning=INCLUSION_MEANING)

    def show_clashes(self, count: ClashCount | None) -> None:
        """How the placement goes with the copies that were accepted; None while that is not known."""
        if count is None and not self.metrics.value("Clashes"):
            return
        if count is None or count.of == 0:
            self.metrics.show_line("Clashes", "…" if count is None else "–", "", meaning=CLASHES_MEANING)
            return
        others = f"{count.copies} of {count.of} copies" if count.of > 1 else "the copy"
        usual = f"residue pairs, with {others}" if count.pairs else "fits in beside the copies"
        self.metrics.show_line("Clashes", str(count.pairs) if count.pairs else "none", usual, meaning=CLASHES_MEANING)

    def _lay_out(self) -> None:
        self._about = QWidget()
        form = QFormLayout()
        form.setHorizontalSpacing(10)
        form.addRow("RMSD to", self.reference)
        form.addRow("", self.rmsd)
        about = QVBoxLayout(self._about)
        about.setContentsMargins(0, 0, 0, 0)
        about.setSpacing(9)
        about.addWidget(self.metrics)
        about.addWidget(self.replay)
        about.addLayout(form)
        inner = QWidget()
        inner.setObjectName("panel")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(12, 9, 12, 9)
        layout.setSpacing(6)
        for widget in (self.title, self.verdict, self._about):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inner)

    def _show_row(self, session: Session, row: ClusterRow) -> None:
        fit = session.find_fit(row.id.fit)
        assert fit is not None
        clusters = fit.result.clusters
        following = clusters[row.id.index + 1] if row.id.index + 1 < len(clusters) else None
        self.title.setText(f"{row.structure} · place {row.rank} of {len(clusters)}")
        self.verdict.setText(verdict(row.cluster, following))
        for column in COLUMNS:
            if column.numeric and column.key != "rank":
                name, value = column.title.replace("\n", " "), column.text(column.value(row))
                self.metrics.show_line(name, value, usual(column.key, fit.result.resolution), meaning=column.meaning)
        self.replay.show_path(row.cluster.path, fit.structure)

    def _follow(self, old: Session, new: Session) -> None:
        if old != new and self._chosen is not None and new.find_cluster(self._chosen) is None:
            self.show_cluster(None)
        elif len(old.structures) != len(new.structures) and self._chosen is not None:
            self._list_references(new)

    def _list_references(self, session: Session) -> None:
        fit = session.find_fit(self._chosen.fit) if self._chosen else None
        before = self.reference.currentData()
        with QSignalBlocker(self.reference):
            self.reference.clear()
            self.reference.addItem("choose a structure", None)
            for item in session.structures:
                if fit is not None and item.key != fit.structure:
                    self.reference.addItem(item.name, item.key)
            self.reference.setCurrentIndex(max(0, self.reference.findData(before)))
        others = self.reference.count() > 1
        self.reference.setEnabled(others)
        self.rmsd.setText("" if others else "Open a model of the same protein that stands right in this map.")

    def _compare(self) -> None:
        session, chosen = self._document.session, self._chosen
        reference = session.find_structure(self.reference.currentData())
        fit = session.find_fit(chosen.fit) if chosen else None
        item = session.find_structure(fit.structure) if fit else None
        self._asked += 1
        if reference is None or fit is None or item is None or chosen is None:
            if self.reference.count() > 1:
                self.rmsd.setText("")
            return
        self.rmsd.setText("…")
        work = partial(
            distance_from,
            item.structure,
            fit.result.map_from_model(chosen.index),
            reference.structure,
            session.standing(reference),
        )
        self._tasks.submit(
            work, on_result=partial(self._show_rmsd, self._asked), on_error=partial(self._no_rmsd, self._asked)
        )

    def _show_rmsd(self, number: int, found: Reference) -> None:
        if number == self._asked:
            self.rmsd.setText(f"{fixed(found.rmsd, 2)} Å over {found.atoms:,} atoms, to the nearest copy")

    def _no_rmsd(self, number: int, error: Exception) -> None:
        if not isinstance(error, DiffFitError):
            raise error
        if number == self._asked:
            self.rmsd.setText(str(error))
