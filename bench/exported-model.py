"""Whether an exported model gives under onnxruntime the masks that Heldout gives: every voxel of every scan.

    heldout export model --run RUN --out MODEL
    heldout predict --run RUN SCANS --out MASKS
    python bench/exported-model.py MODEL SCANS MASKS

Uses MODEL/predict.py as it was exported (onnxruntime, numpy, scipy, nibabel). SCANS and MASKS are folders of NIfTI files
with the same names. Prints a line of JSON; exits with 1 when more than one labelled voxel in ten thousand differs in float32.
"""
import importlib.util
import json
import sys
from pathlib import Path

import nibabel
import numpy as np

folder, scans, masks = map(Path, sys.argv[1:4])
spec = importlib.util.spec_from_file_location("predict", folder / "predict.py")
program = importlib.util.module_from_spec(spec)
spec.loader.exec_module(program)
model, session = program.load(folder)

differing, voxels, labelled, rows = 0, 0, 0, []
for path in sorted(masks.rglob("*.nii*")):
    theirs = np.asarray(nibabel.load(path).dataobj)
    ours = program.predict(model, session, nibabel.load(scans / path.relative_to(masks)))
    different, painted = int((ours != theirs).sum()), int(((ours != 0) | (theirs != 0)).sum())
    rows.append([different, painted])
    differing, voxels, labelled = differing + different, voxels + theirs.size, labelled + painted
if not rows:
    raise SystemExit(f"There are no masks in {masks}.")
print(
    json.dumps(
        {
            "scans": len(rows),
            "voxels": voxels,
            "labelled": labelled,
            "differing": differing,
            "equalShare": 1 - differing / voxels,
            "differingOfLabelled": differing / labelled if labelled else None,
            "worstScan": max(rows),
            "precision": model["training"]["precision"],
            "onnxruntime": program.onnxruntime.__version__,
        }
    )
)
sys.exit(model["training"]["precision"] == "float32" and differing > 1e-4 * labelled)
