"""PyTorch's side of predict-scan.ts: the same weights and volume, in float32, channels last.

    python3 bench/predict-scan.py FOLDER [threads]

FOLDER holds model.json, weights.bin, statistics.bin, volume.bin (float32 and int16, little endian). Reads lines
`predict N`; answers each with the milliseconds of every prediction, as JSON.
"""
import json
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from scipy import ndimage

folder, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
given = json.load(open(f"{folder}/model.json"))
flat = torch.from_numpy(np.fromfile(f"{folder}/weights.bin", np.float32))
statistics = torch.from_numpy(np.fromfile(f"{folder}/statistics.bin", np.float32))
volume = np.fromfile(f"{folder}/volume.bin", np.int16).reshape(given["dims"][::-1])
depth, half = given["depth"], len(statistics) // 2
parameters = {p["name"]: flat[p["offset"] : p["offset"] + p["size"]].reshape(p["shape"]) for p in given["parameters"]}
kernels = {
    name: value.permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)
    for name, value in parameters.items()
    if value.dim() == 4
}
# Folded, as a person who cares about the time would do.
offsets = {}
for norm in given["normalisations"]:
    block, index = norm["name"].split(".")
    at, size = norm["offset"], norm["channels"]
    factor = parameters[f"{block}.scale{index}"] / (statistics[half + at : half + at + size] + 1e-5).sqrt()
    kernels[f"{block}.convolution{index}"] *= factor[:, None, None, None]
    offsets[f"{block}.{index}"] = parameters[f"{block}.offset{index}"] - statistics[at : at + size] * factor


def block(name, x):
    for index in "12":
        x = F.conv2d(x, kernels[f"{name}.convolution{index}"], offsets[f"{name}.{index}"], padding=1)
        x = F.leaky_relu_(x, 0.01)
    return x


def network(x):
    skips = []
    for level in range(depth):
        skips.append(block(f"encoder{level}", x))
        x = F.max_pool2d(skips[-1], 2)
    x = block(f"encoder{depth}", x)
    for level in reversed(range(depth)):
        up = F.conv_transpose2d(x, kernels[f"up{level}"], stride=2)
        x = block(f"decoder{level}", torch.cat([skips.pop(), up], 1))
    return F.conv2d(x, kernels["head"], parameters["headOffset"]).softmax(1)


def predict():
    low, high = np.quantile(volume[:: max(1, volume.size // 200000)], [0.005, 0.995])
    clipped = np.clip(volume.astype(np.float32), low, high)
    scaled = torch.from_numpy((clipped - clipped.mean()) / clipped.std()).float()[:, None]
    height, width = given["input"]
    images = F.interpolate(scaled, (height, width), mode="bilinear").contiguous(memory_format=torch.channels_last)
    parts = []
    with torch.inference_mode():
        for first in range(0, len(images), 8):
            p = network(images[first : first + 8])
            parts.append(F.interpolate(p, volume.shape[1:], mode="bilinear").argmax(1).to(torch.uint8))
    labels = torch.cat(parts).numpy()
    for label in range(1, given["classes"]):
        components, count = ndimage.label(labels == label)
        if count > 1:
            largest = np.bincount(components.ravel())[1:].argmax() + 1
            labels[(labels == label) & (components != largest)] = 0
    return labels


for line in sys.stdin:
    times = []
    for _ in range(int(line.split()[1])):
        start = time.perf_counter()
        predict()
        times.append(1e3 * (time.perf_counter() - start))
    print(json.dumps({"ms": times}), flush=True)
