/**
 * `predict.py` of an exported model: what model.json describes, carried out with onnxruntime. bench/exported-model.py holds
 * its masks to those of `heldout predict`, voxel by voxel.
 */
export const PREDICT_PROGRAM = String.raw`"""Predicts one NIfTI scan with the model beside this file, as Heldout does.

    pip install onnxruntime numpy scipy nibabel
    python predict.py SCAN.nii.gz MASK.nii.gz

What each step does, and with which numbers, is in model.json; this program is that description, carried out.
"""
import json
import sys
from pathlib import Path

import nibabel
import numpy as np
import onnxruntime
from scipy import ndimage


def intensity_scale(samples, rules):
    """Bounds, mean and standard deviation of one volume; samples in the order of the file."""
    thinned = np.sort(samples[:: max(1, len(samples) // rules["mostSamples"])].astype(np.float64))
    low, high = (thinned[int(np.floor(q * (len(thinned) - 1) + 0.5))] for q in rules["clipQuantiles"])
    clipped = np.clip(thinned, low, high)
    deviation = clipped.std()
    return low, high, clipped.mean(), deviation if deviation > 0 else 1.0


def intensity_table(low, high, mean, deviation, steps):
    """The network's input for each of so many equal steps from low to high."""
    unit = np.arange(steps) / (steps - 1)
    return ((low + (high - low) * unit - mean) / deviation).astype(np.float32)


def input_side(size, spacing, target, multiple):
    return max(multiple, int(np.ceil(size * spacing / target / multiple - 1e-6)) * multiple)


def positions(count, length, step):
    """Where count points, step apart and centred on length pixels, lie among them."""
    return step * np.arange(count) + ((length - 1) / 2 - step * (count - 1) / 2)


def bilinear(plane, u, v):
    """Values of a plane [rows, columns, ...] at columns u and rows v, which lie inside."""
    left, top = u.astype(np.int64), v.astype(np.int64)
    right, below = np.minimum(left + 1, plane.shape[1] - 1), np.minimum(top + 1, plane.shape[0] - 1)
    more = (1,) * (plane.ndim - 2)
    fu, fv = (u - left).reshape(1, -1, *more), (v - top).reshape(-1, 1, *more)
    upper = plane[top][:, left] * (1 - fu) + plane[top][:, right] * fu
    lower = plane[below][:, left] * (1 - fu) + plane[below][:, right] * fu
    return upper * (1 - fv) + lower * fv


def into_network(plane, spacing, target, size, low, high, table):
    """A slice [rows, columns] on the centred grid of the target spacing with size (rows, columns)."""
    rows, columns = plane.shape
    u = positions(size[1], columns, target[0] / spacing[0])
    v = positions(size[0], rows, target[1] / spacing[1])
    outside = ~((v > -1) & (v < rows))[:, None] | ~((u > -1) & (u < columns))[None]
    values = bilinear(plane.astype(np.float64), np.clip(u, 0, columns - 1), np.clip(v, 0, rows - 1))
    scale = (len(table) - 1) / (high - low) if high > low else 0
    image = table[((np.clip(values, low, high) - low) * scale + 0.5).astype(np.int64)]
    image[outside] = table[0]
    return image


def out_of_network(probabilities, spacing, target, shape, labels):
    """Labels of a slice of shape (rows, columns) from [classes, rows, columns] of the network."""
    _, height, width = probabilities.shape
    u = np.clip(positions(shape[1], width, spacing[0] / target[0]), 0, width - 1)
    v = np.clip(positions(shape[0], height, spacing[1] / target[1]), 0, height - 1)
    back = bilinear(probabilities.transpose(1, 2, 0).astype(np.float64), u, v)
    return labels[back.argmax(-1)]


def keep_largest(mask, label):
    """Over faces; mask is [k, j, i]."""
    components, count = ndimage.label(mask == label)
    if count > 1:
        largest = np.bincount(components.ravel())[1:].argmax() + 1
        mask[(mask == label) & (components != largest)] = 0


def load(folder):
    model = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    if model["schema"] != "heldout.model/1":
        raise SystemExit(f"model.json is of another version: {model['schema']}")
    session = onnxruntime.InferenceSession(str(folder / model["file"]), providers=["CPUExecutionProvider"])
    return model, session


def predict(model, session, image, together=8):
    """uint8 labels of a nibabel image, in its own grid."""
    rules = model["preprocessing"]
    # numpy's [k, j, i]: slices first, columns last.
    volume = np.asarray(image.dataobj).transpose(2, 1, 0)
    spacing = np.linalg.norm(image.affine[:3, :2], axis=0)
    target = rules["resampling"]["spacing"]
    scale = intensity_scale(volume.ravel(), rules["intensity"])
    table = intensity_table(*scale, rules["intensity"]["steps"])
    multiple = model["input"]["multipleOf"]
    size = (
        input_side(volume.shape[1], spacing[1], target[1], multiple),
        input_side(volume.shape[2], spacing[0], target[0], multiple),
    )
    labels = np.array([entry["label"] for entry in model["output"]["classes"]], np.uint8)
    mask = np.zeros(volume.shape, np.uint8)
    for first in range(0, len(volume), together):
        planes = volume[first : first + together]
        images = np.stack([into_network(plane, spacing, target, size, *scale[:2], table) for plane in planes])
        (probabilities,) = session.run(None, {model["input"]["name"]: images[:, None]})
        for index, of_slice in enumerate(probabilities):
            mask[first + index] = out_of_network(of_slice, spacing, target, volume.shape[1:], labels)
    for label in model["postprocessing"]["keepLargest"]:
        keep_largest(mask, label)
    return mask.transpose(2, 1, 0)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    scan = nibabel.load(sys.argv[1])
    if len(scan.shape) != 3:
        raise SystemExit(f"{sys.argv[1]} has {len(scan.shape)} axes: give one volume of three.")
    result = predict(*load(Path(__file__).parent), scan)
    nibabel.save(nibabel.Nifti1Image(result, scan.affine), sys.argv[2])
`;
