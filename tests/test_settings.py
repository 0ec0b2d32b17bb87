from dataclasses import fields

import pytest

from difffit_core.errors import SettingsError
from difffit_core.settings import FitSettings, require_positive


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("resolution", 0.0),
        ("resolution", -3.0),
        ("resolution", float("nan")),
        ("level", float("inf")),
        ("preset", "best"),
        ("starts", 0),
        ("seed", -1),
        ("cluster_angle", 0.0),
        ("backend", "cupy"),
    ],
)
def test_a_value_outside_its_range_is_refused_by_name(name, value):
    with pytest.raises(SettingsError, match=name):
        FitSettings(**{name: value})


def test_none_means_suggest_it():
    assert FitSettings().level is None
    assert FitSettings().resolution is None


def test_every_setting_has_help():
    assert all(field.metadata["help"] for field in fields(FitSettings))


def test_require_positive_names_what_is_wrong():
    with pytest.raises(SettingsError, match="voxel size must be above 0 Å"):
        require_positive("voxel size", -1.0, "Å")
