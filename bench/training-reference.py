"""Loss and gradients of the self-test's U-Net, and its losses over 50 steps of Adam, by PyTorch in float64: see
training-reference.ts."""
import json
import sys

import torch
import torch.nn.functional as F

given = json.load(open(sys.argv[1]))
flat = torch.tensor(given["weights"], dtype=torch.float64, requires_grad=True)
parameters = given["parameters"]
images = torch.tensor(given["images"], dtype=torch.float64).reshape(given["shape"]).permute(0, 3, 1, 2)
classes = torch.tensor(given["classes"]).reshape(given["shape"][:3])
depth, count = given["model"]["depth"], given["model"]["classes"]


statistics = torch.tensor(given["statistics"], dtype=torch.float64)
norms = {
    n["name"]: [half[n["offset"] : n["offset"] + n["channels"]] for half in statistics.reshape(2, -1)]
    for n in given["normalisations"]
}


def block(weights, name, x, training):
    for index in ("1", "2"):
        # TensorFlow's kernels are [h, w, in, out], PyTorch's [out, in, h, w].
        x = F.conv2d(x, weights[f"{name}.convolution{index}"].permute(3, 2, 0, 1), padding=1)
        mean, variance = (None, None) if training else norms[f"{name}.{index}"]
        scale, offset = weights[f"{name}.scale{index}"], weights[f"{name}.offset{index}"]
        x = F.batch_norm(x, mean, variance, scale, offset, training=training, eps=1e-5)
        x = F.leaky_relu(x, 0.01)
    return x


def logits_now(training):
    weights = {p["name"]: flat[p["offset"] : p["offset"] + p["size"]].reshape(p["shape"]) for p in parameters}
    x, skips = images, []
    for level in range(depth + 1):
        x = block(weights, f"encoder{level}", x, training)
        if level < depth:
            skips.append(x)
            x = F.max_pool2d(x, 2)
    for level in reversed(range(depth)):
        # [h, w, out, in] to PyTorch's [in, out, h, w].
        up = F.conv_transpose2d(x, weights[f"up{level}"].permute(3, 2, 0, 1), stride=2)
        x = block(weights, f"decoder{level}", torch.cat([skips.pop(), up], 1), training)
    return F.conv2d(x, weights["head"].permute(3, 2, 0, 1), weights["headOffset"])


def loss_now():
    logits = logits_now(True)
    truth = F.one_hot(classes, count).permute(0, 3, 1, 2).double()
    p = logits.softmax(1)
    dice = (2 * (p * truth).sum((0, 2, 3)) + 1e-5) / (p.sum((0, 2, 3)) + truth.sum((0, 2, 3)) + 1e-5)
    return F.cross_entropy(logits, classes) + 1 - dice[1:].mean()


loss = loss_now()
loss.backward()
gradient = flat.grad.clone()
probabilities = logits_now(False).softmax(1).permute(0, 2, 3, 1).flatten()
optimiser = torch.optim.Adam([flat], 2e-3)
losses = []
for _ in range(50):
    optimiser.zero_grad()
    now = loss_now()
    losses.append(now.item())
    now.backward()
    optimiser.step()
print(
    json.dumps(
        {
            "loss": loss.item(),
            "norms": [gradient[p["offset"] : p["offset"] + p["size"]].norm().item() for p in parameters],
            "every": 29,
            "gradient": [round(value, 9) for value in gradient[::29].tolist()],
            "probabilities": [round(value, 9) for value in probabilities[::29].tolist()],
            "training": {
                "learningRate": 2e-3,
                "meanLosses": [round(sum(losses[at : at + 10]) / 10, 9) for at in range(0, 50, 10)],
            },
        }
    )
)
