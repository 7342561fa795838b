"""PyTorch's side of training-step.ts: the same model, channels last, in float32 or under autocast(bfloat16).

    python3 bench/training-step.py float32|bfloat16 [batch] [size] [threads]

Reads lines `train N` and `infer N`; answers each with the milliseconds of every step or slice, as JSON.
"""
import json
import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

arguments = sys.argv[2:] + [None] * 3
batch, size, threads = (int(a or d) for a, d in zip(arguments, (8, 128, 2)))
mixed = sys.argv[1] == "bfloat16"
torch.set_num_threads(threads)
torch.manual_seed(0)


class Block(nn.Sequential):
    def __init__(self, inputs, outputs):
        layers = []
        for width in (inputs, outputs):
            layers += [nn.Conv2d(width, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs)]
            layers += [nn.LeakyReLU(0.01, inplace=True)]
        super().__init__(*layers)


class Unet(nn.Module):
    def __init__(self, base=16, depth=4, classes=4):
        super().__init__()
        channels = [base << level for level in range(depth + 1)]
        self.encoders = nn.ModuleList(Block(i, o) for i, o in zip([1] + channels, channels))
        pairs = list(zip(channels, channels[1:]))[::-1]
        self.ups = nn.ModuleList(nn.ConvTranspose2d(o, i, 2, stride=2, bias=False) for i, o in pairs)
        self.decoders = nn.ModuleList(Block(2 * i, i) for i, _ in pairs)
        self.head = nn.Conv2d(base, classes, 1)

    def forward(self, x):
        skips = []
        for level, encoder in enumerate(self.encoders):
            x = encoder(x)
            if level < len(self.encoders) - 1:
                skips.append(x)
                x = F.max_pool2d(x, 2)
        for up, decoder in zip(self.ups, self.decoders):
            x = decoder(torch.cat([skips.pop(), up(x)], 1))
        return self.head(x)


model = Unet()
images = torch.randn(batch, 1, size, size)
truth = F.one_hot(torch.randint(0, 4, (batch, size, size)), 4).permute(0, 3, 1, 2).float()
model = model.to(memory_format=torch.channels_last)
images = images.contiguous(memory_format=torch.channels_last)
truth = truth.contiguous(memory_format=torch.channels_last)
optimiser = torch.optim.Adam(model.parameters(), 1e-3, fused=True)


def step():
    with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
        logits = model(images)
    log_p = F.log_softmax(logits.float(), 1)
    p = log_p.exp()
    overlap = 2 * (p * truth).sum((0, 2, 3)) + 1e-5
    dice = (overlap / (p.sum((0, 2, 3)) + truth.sum((0, 2, 3)) + 1e-5))[1:].mean()
    loss = 1 - dice - (log_p * truth).sum(1).mean()
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()
    return loss.item()


def infer():
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=mixed):
        return model(images[:1]).float().softmax(1)


for line in sys.stdin:
    work, count = line.split()
    model.train(work == "train")
    times = []
    for _ in range(int(count)):
        start = time.perf_counter()
        step() if work == "train" else infer()
        times.append(1e3 * (time.perf_counter() - start))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"ms": times, "peakMemoryMb": peak}), flush=True)
