"""Commands to a running ChimeraX, against a server that answers as it does."""

import json
from collections.abc import Iterator

import pytest

from difffit_core.errors import DiffFitError
from difffit_core.files.chimerax_remote import first_free_model, send_commands
from tests.files.chimerax_stand_in import Answering, answering


@pytest.fixture
def chimerax() -> Iterator[Answering]:
    with answering() as server:
        yield server


def test_commands_arrive_in_their_order_and_whole(chimerax):
    commands = ['open "/tmp/häm & co/map #1.mrc" id 3', "color #3 #aabbcc", "view"]
    send_commands(commands, chimerax.server_port)
    assert chimerax.heard == commands


def test_models_that_are_open_there_are_left_alone(chimerax):
    assert first_free_model(chimerax.server_port) == 1
    chimerax.answer = "model id #2 type Volume name a.mrc\nmodel id #2.1 type VolumeSurface\nmodel id #11 type X name b"
    assert first_free_model(chimerax.server_port) == 12


def test_a_refused_command_is_a_sentence(chimerax):
    chimerax.answer = json.dumps({"error": {"type": "UserError", "message": "No such file"}, "log messages": {}})
    with pytest.raises(DiffFitError, match="No such file"):
        send_commands(["open x"], chimerax.server_port)


def test_nobody_there_is_a_sentence_that_says_what_to_type():
    with pytest.raises(DiffFitError, match=r"type there: remotecontrol rest start port 9$"):
        send_commands(["view"], 9)
