"""Everything about the clusters together: browser, details, residues, replay, spheres and copies in the view."""

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.actions import Handlers
from app.browsing import Browsing
from app.controller import Controller
from app.panels.clusters import ClustersPanel
from app.panels.compare import SIDE_BY_SIDE, CompareDialog
from app.panels.details import DetailsPanel
from app.panels.profile import METRICS, ProfilePanel
from app.placement_clashes import PlacementClashes
from app.reclustering import Reclustering
from app.residue_scoring import ResidueScoring
from app.scene.split_view import SplitView
from app.side_by_side import Compared, SideBySide
from difffit_core.data.poses import Poses
from difffit_core.data.residue_scores import ResidueScores
from difffit_core.document.session import ClusterId, Session, StructureItem


class ClusterDesk(QObject):
    """Lets the panels about clusters talk to each other and to the view."""

    search_asked = Signal(object)  # ClusterId: search around it

    def __init__(
        self,
        window: QWidget,
        controller: Controller,
        split: SplitView,
        clusters: ClustersPanel,
        details: DetailsPanel,
        profile: ProfilePanel,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._view = window, controller.document, split.first.view
        self._preferences = controller.preferences
        self._clusters, self._details, self._profile = clusters, details, profile
        self.browsing = Browsing(controller.document, clusters, self._view)
        self.side_by_side = SideBySide(controller.document, split)
        self._comparison: CompareDialog | None = None
        self.reclustering = Reclustering(controller.document, controller.tasks)
        self.scoring = ResidueScoring(controller.document, controller.tasks)
        self.clashes = PlacementClashes(controller.document, controller.tasks)
        self._shown: ClusterId | None = None
        self._cluster: object = None  # what `_shown` means: other tolerances give its number to another one
        self._coloured: str | None = None  # key of the structure that shows residue values
        if self._preferences.columns:
            clusters.table.show_columns(self._preferences.columns)
        self._connect()

    def handlers(self) -> Handlers:
        """What the menus can ask for."""
        return {
            "copy_table": self._clusters.copy_all,
            "next": lambda: self._clusters.step(1),
            "previous": lambda: self._clusters.step(-1),
            "pin": self._clusters.pin_chosen,
            "compare": self._clusters.compare_chosen,
            "filter": self._focus_filter,
            "search_around": self._search_around,
            "centre": self._centre,
            "replay": self._details.replay.toggle,
            "spheres": self._toggle_spheres,
            "places_structure": partial(self.browsing.colour_places, "structure"),
            "places_cluster": partial(self.browsing.colour_places, "cluster"),
            "places_score": partial(self.browsing.colour_places, "score"),
        }

    def _connect(self) -> None:
        panel = self._clusters
        panel.overlaid.connect(self._follow_choice)
        panel.compare_pressed.connect(self._compare)
        panel.polish_pressed.connect(self.search_asked)
        panel.tolerances_changed.connect(self.reclustering.ask)
        panel.table.columns_changed.connect(self._keep_columns)
        self._view.cluster_picked.connect(self.browsing.pick)
        self._details.replay.pose_asked.connect(self._show_pose)
        self.scoring.scored.connect(self._show_scores)
        self.clashes.counted.connect(self._details.show_clashes)
        self.clashes.failed.connect(self.scoring.failed)
        self._profile.residue_hovered.connect(self._highlight)
        self._profile.colouring_changed.connect(self._colour)
        self._profile.metric_changed.connect(self._colour)
        self.side_by_side.ended.connect(self._leave_comparison)
        self._document.changed.connect(self._follow)

    @property
    def _structure(self) -> StructureItem | None:
        """The structure whose placement is looked at."""
        fit = self._document.session.find_fit(self._shown.fit) if self._shown else None
        return self._document.session.find_structure(fit.structure) if fit else None

    def _follow(self, old: Session, new: Session) -> None:
        if old.fits != new.fits or old.structures != new.structures:
            self._follow_choice()

    def _follow_choice(self, _: object = None) -> None:
        chosen = self._clusters.chosen
        cluster = self._document.session.find_cluster(chosen)
        if (chosen, cluster) == (self._shown, self._cluster):
            return
        self._shown, self._cluster = (chosen, cluster) if cluster is not None else (None, None)
        self._details.show_cluster(self._shown)
        self.scoring.choose(self._shown)
        self.clashes.choose(self._shown)

    def _show_scores(self, chosen: ClusterId | None, scores: ResidueScores | None) -> None:
        self._profile.show_scores(scores, computing=chosen is not None)
        if chosen is not None:
            self._details.show_residues(scores)
        if scores is not None or chosen is None:
            self._colour()

    def _highlight(self, residue: int | None) -> None:
        item = self._structure
        if item is not None:
            self._view.highlight(item.key, residue)

    def _colour(self, _: object = None) -> None:
        """Colour the structure by the metric, or as the document says."""
        item, values = self._structure, self._profile.values
        wanted = item.key if item and values is not None and self._profile.colouring.isChecked() else None
        before = self._document.session.find_structure(self._coloured)
        if before is not None and self._coloured != wanted:
            self._dress(before)
        self._coloured = wanted
        if wanted is not None and values is not None:
            title = METRICS[self._profile.chosen_metric][0]
            self._view.set_structure_style(wanted, residue_values=values, residue_title=title)

    def _dress(self, item: StructureItem) -> None:
        if item.colour_by == "uniform":
            self._view.set_structure_style(item.key, colour=item.colour)
        else:
            self._view.set_structure_style(item.key, colour_by=item.colour_by)  # type: ignore[arg-type]

    def _show_pose(self, structure: str, pose: Poses | None) -> None:
        item = self._document.session.find_structure(structure)
        if item is None:
            return
        if pose is None:
            self._view.place(item.key, self._document.session.standing(item))
        else:
            self._view.place(item.key, pose.map_from_model(item.structure.centroid_xyz)[0])

    def _compare(self, first: ClusterId, second: ClusterId) -> None:
        if self._comparison is not None:
            self._comparison.close()
        dialog = self._comparison = CompareDialog(self._document.session, first, second, self._window)
        dialog.laid_out.connect(self._lay_out_comparison)
        dialog.finished.connect(self._end_comparison)
        self._lay_out_comparison(dialog.layout_choice.chosen)
        dialog.show()

    def _lay_out_comparison(self, layout: str) -> None:
        """Show the two that are compared in two views, or in one."""
        assert self._comparison is not None
        (first, colour), (second, _) = pair = list(self._comparison.colours.items())
        if layout == SIDE_BY_SIDE:
            self.side_by_side.begin(*(Compared(*shown) for shown in pair))
            self.browsing.compare({first: colour}, alone=(first, second))
        else:
            self.side_by_side.end()
            self.browsing.compare(self._comparison.colours)

    def _end_comparison(self) -> None:
        self._comparison = None
        self.side_by_side.end()
        self.browsing.compare({})

    def _leave_comparison(self) -> None:
        if self._comparison is not None:
            self._comparison.close()

    def _toggle_spheres(self) -> None:
        self.browsing.show_spheres(not self.browsing.spheres_shown)

    def _focus_filter(self) -> None:
        self._clusters.bar.filter.setFocus()
        self._clusters.bar.filter.selectAll()

    def _search_around(self) -> None:
        if self._shown is not None:
            self.search_asked.emit(self._shown)

    def _centre(self) -> None:
        if self._shown is not None:
            self.browsing.centre(self._shown)

    def _keep_columns(self) -> None:
        self._preferences.columns = self._clusters.table.columns
