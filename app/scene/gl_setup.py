"""OpenGL before the window: what has to be asked for early, and whether this machine can draw at all."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext, QSurfaceFormat

DEPTH_BITS = 24
GL_RENDERER = 0x1F01
SOFTWARE_RENDERERS = ("llvmpipe", "softpipe", "swrast", "software", "gdi generic", "basic render")


@dataclass(frozen=True)
class Graphics:
    """What draws: the name the driver gives itself, or the reason why nothing does."""

    renderer: str
    problem: str = ""

    @property
    def usable(self) -> bool:
        """Whether a 3-D view can be shown."""
        return not self.problem

    @property
    def software(self) -> bool:
        """Whether the processor does the drawing, so that effects cost time."""
        return any(name in self.renderer.lower() for name in SOFTWARE_RENDERERS)


def prepare_opengl() -> None:
    """Ask for a depth buffer and for shared contexts; call before QApplication is made.

    Without shared contexts everything on the graphics card is lost when a dock around the view is floated.
    """
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    wanted = QSurfaceFormat()
    wanted.setDepthBufferSize(DEPTH_BITS)
    wanted.setSwapBehavior(QSurfaceFormat.SwapBehavior.DoubleBuffer)
    QSurfaceFormat.setDefaultFormat(wanted)


def probe_graphics() -> Graphics:
    """Try to make an OpenGL context, and say who would draw."""
    if QGuiApplication.platformName() in ("offscreen", "minimal"):
        return Graphics("", "The 3-D view needs a display; this session has none.")
    context = QOpenGLContext()
    surface = QOffscreenSurface()
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        return Graphics("", "The 3-D view needs OpenGL 2.1 or newer; install or update the graphics driver.")
    try:
        name = context.functions().glGetString(GL_RENDERER)
        return Graphics(str(name) if name else "unknown renderer")
    finally:
        context.doneCurrent()
