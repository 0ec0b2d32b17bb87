"""The bar behind a window's button in the Windows task bar: `ITaskbarList3`, called through its table of functions."""

import ctypes
from ctypes import POINTER, byref, c_int, c_uint64, c_void_p, cast
from typing import Any, Self
from uuid import UUID

TASKBAR_LIST = UUID("56fdf344-fd6d-11d0-958a-006097c9a090")
I_TASKBAR_LIST_3 = UUID("ea1afb91-9e28-4b86-90e9-9e9f8a5eefaf")
IN_PROCESS = 1  # CLSCTX_INPROC_SERVER
INITIALISE, SET_VALUE, SET_STATE = 3, 9, 10  # places in the table: HrInit, SetProgressValue, SetProgressState
NO_PROGRESS, NORMAL = 0, 2  # TBPF_NOPROGRESS, TBPF_NORMAL


class TaskbarButton:
    """Holds the COM object for the life of the program."""

    def __init__(self, taskbar: c_void_p, window: int) -> None:
        """`taskbar`: an ITaskbarList3; `window`: the handle of the window whose button it is."""
        self._taskbar, self._window = taskbar, c_void_p(window)

    @classmethod
    def of(cls, window: int) -> Self | None:
        """For a window's handle; None where Windows has no task bar (a server without a shell)."""
        made = c_void_p()
        ole = ctypes.windll.ole32  # type: ignore[attr-defined,unused-ignore] # exists on Windows only
        # Qt has prepared this thread for COM
        failed = ole.CoCreateInstance(
            TASKBAR_LIST.bytes_le, None, IN_PROCESS, I_TASKBAR_LIST_3.bytes_le, byref(made)
        )  # fmt: skip
        if failed or not made:
            return None
        button = cls(made, window)
        return None if button._call(INITIALISE) else button

    def show(self, percent: int) -> None:
        """Fill the button up to here."""
        self._call(SET_STATE, self._window, c_int(NORMAL))
        self._call(SET_VALUE, self._window, c_uint64(percent), c_uint64(100))

    def clear(self) -> None:
        """An ordinary button."""
        self._call(SET_STATE, self._window, c_int(NO_PROGRESS))

    def _call(self, place: int, *arguments: Any) -> int:
        """Call a function of the object; returns its HRESULT, 0 when all went well."""
        make_prototype = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)  # the same on 64-bit machines
        prototype = make_prototype(c_int, c_void_p, *(type(argument) for argument in arguments))
        table = cast(self._taskbar, POINTER(POINTER(c_void_p))).contents
        return int(prototype(table[place])(self._taskbar, *arguments))
