"""PDB and mmCIF text made in the test, and the transform that tests move it by."""

import numpy as np
from scipy.spatial.transform import Rotation

MAP_FROM_MODEL = np.hstack(
    [Rotation.from_euler("xyz", [20, 50, 130], degrees=True).as_matrix(), [[30.0], [-12.0], [70.0]]]
)

AWKWARD_PDB = """\
HEADER    TEST                                    01-JAN-20   9ABC
TITLE     ALTLOCS, INSERTION CODES, ANISOU, WATER, HYDROGEN AND TWO MODELS
REMARK 350 BIOMOLECULE: 1
REMARK 350 APPLY THE FOLLOWING TO CHAINS: A, B
REMARK 350   BIOMT1   1  1.000000  0.000000  0.000000        0.00000
REMARK 350   BIOMT2   1  0.000000  1.000000  0.000000        0.00000
REMARK 350   BIOMT3   1  0.000000  0.000000  1.000000        0.00000
REMARK 350   BIOMT1   2 -1.000000  0.000000  0.000000       20.00000
REMARK 350   BIOMT2   2  0.000000 -1.000000  0.000000       40.00000
REMARK 350   BIOMT3   2  0.000000  0.000000  1.000000        0.00000
HELIX    1   1 ALA A   10  SER A   11  1                                   3
CRYST1   40.824   18.498   22.371  90.00  90.47  90.00 P 1 21 1      2
SCALE1      0.024495  0.000000  0.000201        0.00000
SCALE2      0.000000  0.054060  0.000000        0.00000
SCALE3      0.000000  0.000000  0.044702        0.00000
MODEL        1
ATOM      1  N   ALA A  10      11.000  12.000  13.000  1.00 10.00           N
ATOM      2  CA AALA A  10      12.000  12.500  13.000  0.40 11.00           C
ANISOU    2  CA AALA A  10     1000   2000   3000    100    200    300       C
ATOM      3  CA BALA A  10      12.100  12.600  13.100  0.60 12.00           C
ATOM      4  C   ALA A  10A     13.000  12.000  14.000  1.00 13.00           C
ATOM      5  H   ALA A  10A     13.500  12.000  14.000  1.00 13.00           H
ATOM      6  CB ASER A  11      14.000  12.000  14.000  0.50 13.00           C
ATOM      7  CB BSER A  11      14.200  12.000  14.000  0.50 13.00           C
TER       8      SER A  11
HETATM    9 ZN    ZN B   1       1.000   2.000   3.000  1.00 20.00          ZN
HETATM   10  O   HOH B   2       5.000   5.000   5.000  1.00 20.00           O
ENDMDL
MODEL        2
ATOM      1  N   ALA A  10      21.000  12.000  13.000  1.00 10.00           N
ENDMDL
CONECT    9    1
END
"""

CIF_HEADER = """\
data_9ABC
_entry.id 9ABC
_cell.length_a 40.8
_cell.length_b 18.5
_cell.length_c 22.4
_cell.angle_alpha 90
_cell.angle_beta 90.47
_cell.angle_gamma 90
_symmetry.space_group_name_H-M 'P 1 21 1'
_my_notes.text 'kept as it is'
loop_
_pdbx_struct_oper_list.id
_pdbx_struct_oper_list.type
_pdbx_struct_oper_list.matrix[1][1]
_pdbx_struct_oper_list.matrix[1][2]
_pdbx_struct_oper_list.matrix[1][3]
_pdbx_struct_oper_list.vector[1]
_pdbx_struct_oper_list.matrix[2][1]
_pdbx_struct_oper_list.matrix[2][2]
_pdbx_struct_oper_list.matrix[2][3]
_pdbx_struct_oper_list.vector[2]
_pdbx_struct_oper_list.matrix[3][1]
_pdbx_struct_oper_list.matrix[3][2]
_pdbx_struct_oper_list.matrix[3][3]
_pdbx_struct_oper_list.vector[3]
1 identity 1 0 0 0 0 1 0 0 0 0 1 0
2 point -1 0 0 20 0 -1 0 40 0 0 1 0
"""

CIF_ATOMS = """\
loop_
_atom_site.group_PDB
_atom_site.id
_atom_site.type_symbol
_atom_site.label_atom_id
_atom_site.label_alt_id
_atom_site.label_comp_id
_atom_site.label_asym_id
_atom_site.label_entity_id
_atom_site.label_seq_id
_atom_site.pdbx_PDB_ins_code
_atom_site.Cartn_x
_atom_site.Cartn_y
_atom_site.Cartn_z
_atom_site.occupancy
_atom_site.B_iso_or_equiv
_atom_site.auth_seq_id
_atom_site.auth_asym_id
_atom_site.pdbx_PDB_model_num
ATOM 1 N N . ALA A 1 1 ? 11.000 12.000 13.000 1 10 10 LongName 1
ATOM 2 C CA A ALA A 1 1 ? 12.000 12.500 13.000 0.4 11 10 LongName 1
ATOM 3 C CA B ALA A 1 1 ? 12.100 12.600 13.100 0.6 12 10 LongName 1
ATOM 4 C "C1'" . A B 2 1 C 1.000 2.000 3.000 1 20 7 B 1
HETATM 5 O O . HOH C 3 . ? 5.000 5.000 5.000 1 20 2 B 1
ATOM 6 N N . ALA A 1 1 ? 21.000 12.000 13.000 1 10 10 LongName 2
"""

CIF_ANISOTROPIC = """\
loop_
_atom_site_anisotrop.id
_atom_site_anisotrop.type_symbol
_atom_site_anisotrop.U[1][1]
_atom_site_anisotrop.U[2][2]
_atom_site_anisotrop.U[3][3]
_atom_site_anisotrop.U[1][2]
_atom_site_anisotrop.U[1][3]
_atom_site_anisotrop.U[2][3]
2 C 0.1 0.2 0.3 0.01 0.02 0.03
4 C 0.3 0.2 0.1 0.00 0.00 0.00
"""

AWKWARD_CIF = CIF_HEADER + CIF_ATOMS + CIF_ANISOTROPIC


def many_atoms(n_atoms: int) -> str:
    """mmCIF of a chain A of so many carbon atoms, each its own residue, on a grid."""
    head = CIF_ATOMS.split("ATOM 1")[0]
    rows = (
        f"HETATM {i} C C1 . LIG A 1 . ? {i % 100}.000 {i // 100 % 100}.000 {i // 10000}.000 1 10 {i % 9000 + 1} A 1\n"
        for i in range(1, n_atoms + 1)
    )
    return "data_many\n" + head + "".join(rows)
