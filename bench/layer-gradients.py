"""Values and gradients of every layer by PyTorch in float64, for the conformance test of engines.

    python3 bench/layer-gradients.py > main/training/fixtures/layer-gradients.json

Inputs are rounded to bfloat16 first, so that every precision is given the same numbers. Images are written as
[batch, height, width, channels], kernels as TensorFlow has them. Each case holds its inputs, the gradient that comes from
above, its output and the gradient of sum(output * above) by each input.
"""
import json

import torch
import torch.nn.functional as F

torch.manual_seed(5)


def random(*shape, scale=1.0, shift=0.0):
    values = (scale * torch.randn(*shape, dtype=torch.float64) + shift).bfloat16().double()
    return values.requires_grad_()


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def conv(x, kernel):
    # [h, w, in, out] to PyTorch's [out, in, h, w].
    return nhwc(F.conv2d(nchw(x), kernel.permute(3, 2, 0, 1), padding="same"))


def up(x, kernel):
    # [h, w, out, in] to PyTorch's [in, out, h, w].
    return nhwc(F.conv_transpose2d(nchw(x), kernel.permute(3, 2, 0, 1), stride=2))


def norm(x, scale, offset):
    return nhwc(F.batch_norm(nchw(x), None, None, scale, offset, training=True, eps=1e-5))


def leaky(x):
    return F.leaky_relu(x, 0.01)


def pool(x):
    return nhwc(F.max_pool2d(nchw(x), 2))


def number(tensor):
    return {"shape": list(tensor.shape), "values": [float(f"{v:.8g}") for v in tensor.detach().flatten().tolist()]}


def case(name, function, *inputs):
    output = function(*inputs)
    above = random(*output.shape).detach()
    gradients = torch.autograd.grad((output * above).sum(), inputs)
    return {
        "name": name,
        "inputs": [number(i) for i in inputs],
        "above": number(above),
        "output": number(output),
        "gradients": [number(g) for g in gradients],
    }


def dice_cross_entropy(logits):
    c = logits.shape[3]
    truth = F.one_hot(classes, c).double()
    p = logits.softmax(3)
    dice = (2 * (p * truth).sum((0, 1, 2)) + 1e-5) / (p.sum((0, 1, 2)) + truth.sum((0, 1, 2)) + 1e-5)
    return F.cross_entropy(nchw(logits), classes) + 1 - dice[1:].mean()


# Equal neighbours, as in the dark around a scan: the first of them takes the gradient.
flat = torch.tensor([[1, 1, 0, 2], [1, 1, 2, 2], [0, 0, 3, 1], [0, 0, 1, 3]], dtype=torch.float64)
flat = flat.reshape(1, 4, 4, 1).repeat(2, 1, 1, 2).requires_grad_()
cases = [
    case("convolution", conv, random(2, 6, 4, 3), random(3, 3, 3, 5, scale=0.3)),
    case("convolution of one channel", conv, random(2, 4, 4, 1), random(3, 3, 1, 16, scale=0.3)),
    case("convolution 1x1", conv, random(2, 4, 6, 16), random(1, 1, 16, 4, scale=0.3)),
    case("transposed convolution", up, random(2, 3, 4, 6), random(2, 2, 3, 6, scale=0.3)),
    case("batch norm", norm, random(3, 4, 4, 8, scale=2.0, shift=0.5), random(8, shift=1.0), random(8)),
    case("leaky ReLU", leaky, random(2, 4, 4, 5)),
    case("max pool", pool, random(2, 6, 4, 5)),
    case("max pool of equal values", pool, flat),
    case("bias", lambda x, b: x + b, random(2, 4, 4, 5), random(5)),
    case("concat", lambda a, b: torch.cat([a, b], 3), random(2, 4, 4, 3), random(2, 4, 4, 5)),
]
classes = torch.randint(0, 4, (2, 4, 6))
logits = random(2, 4, 6, 4, scale=2.0)
loss = dice_cross_entropy(logits)
(slope,) = torch.autograd.grad(loss, (logits,))
weights, gradients = random(32), [random(32).detach() for _ in range(3)]
before = number(weights)
optimiser = torch.optim.Adam([weights], 0.01)
for gradient in gradients:
    weights.grad = gradient.clone()
    optimiser.step()
print(
    json.dumps(
        {
            "layers": cases,
            "loss": {
                "logits": number(logits),
                "classes": classes.flatten().tolist(),
                "value": loss.item(),
                "gradient": number(slope),
            },
            "adam": {
                "learningRate": 0.01,
                "weights": before,
                "gradients": [number(g) for g in gradients],
                "after": number(weights),
            },
        }
    )
)
