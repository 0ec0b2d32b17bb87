"""Predicted aligned errors: every format in use is read, everything else is one sentence."""

import gzip
import json

import numpy as np
import pytest

from difffit_core.errors import StructureFileError
from difffit_core.files.pae import read_pae

ERROR = np.array([[0.5, 4.0, 20.0], [3.0, 0.5, 18.0], [25.0, 22.0, 0.5]], np.float32)
FORMATS = {
    "AlphaFold DB": [{"predicted_aligned_error": ERROR.tolist(), "max_predicted_aligned_error": 25.0}],
    "AlphaFold DB, before 2022": [
        {
            "residue1": [1, 1, 1, 2, 2, 2, 3, 3, 3],
            "residue2": [1, 2, 3, 1, 2, 3, 1, 2, 3],
            "distance": ERROR.ravel().tolist(),
            "max_predicted_aligned_error": 25.0,
        }
    ],
    "ColabFold": {"plddt": [90.0, 80.0, 70.0], "max_pae": 25.0, "pae": ERROR.tolist(), "ptm": 0.8},
    "AlphaFold 3": {"pae": ERROR.tolist(), "token_chain_ids": ["A", "A", "B"], "token_res_ids": [1, 2, 1]},
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_errors(tmp_path, name):
    path = tmp_path / "pae.json"
    path.write_text(json.dumps(FORMATS[name]))
    pae = read_pae(path)
    np.testing.assert_array_equal(pae.error, ERROR)
    assert pae.tokens == ((("A", 1), ("A", 2), ("B", 1)) if name == "AlphaFold 3" else None)


def test_compressed_errors_are_read_as_they_are(tmp_path):
    path = tmp_path / "pae.json.gz"
    path.write_bytes(gzip.compress(json.dumps(FORMATS["ColabFold"]).encode()))
    np.testing.assert_array_equal(read_pae(path).error, ERROR)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "not complete JSON"),
        ('{"pae": [[0, 1], [1', "not complete JSON"),
        ("[]", "holds no predicted aligned errors"),
        ('{"ptm": 0.8}', "holds no predicted aligned errors"),
        ('{"pae": [[0, 1, 2], [1, 0, 2]]}', "no square table"),
        ('{"pae": [[0, 1], [1]]}', "no square table"),
        ('{"pae": [[0, "far"], [1, 0]]}', "no square table"),
        ('{"pae": []}', "no square table"),
        ('{"pae": [[0, NaN], [1, 0]]}', "no square table"),
        ('{"pae": [[0, 1], [1, 0]], "token_chain_ids": ["A"], "token_res_ids": [1]}', "no square table"),
        ('[{"residue1": [1, 1, 2], "residue2": [1, 2, 1], "distance": [0, 1, 1]}]', "no square table"),
    ],
)
def test_damaged_files_are_one_sentence(tmp_path, content, says):
    path = tmp_path / "pae.json"
    path.write_text(content)
    with pytest.raises(StructureFileError, match=says) as caught:
        read_pae(path)
    assert "pae.json" in str(caught.value)
