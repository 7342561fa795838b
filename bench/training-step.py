"""Time of one training step and of one slice's inference in PyTorch, for the model of training-step.ts.

    python3 bench/training-step.py [steps] [batch] [size] [threads] [channels_last|default]
"""
import json
import resource
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

arguments = sys.argv[1:] + [None] * 5
steps, batch, size, threads = (int(a or d) for a, d in zip(arguments, (30, 8, 128, 2)))
channels_last = (arguments[4] or "channels_last") == "channels_last"
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
if channels_last:
    model = model.to(memory_format=torch.channels_last)
    images = images.contiguous(memory_format=torch.channels_last)
    truth = truth.contiguous(memory_format=torch.channels_last)
optimiser = torch.optim.Adam(model.parameters(), 1e-3, fused=True)


def step():
    logits = model(images)
    log_p = F.log_softmax(logits, 1)
    p = log_p.exp()
    overlap = 2 * (p * truth).sum((0, 2, 3)) + 1e-5
    dice = (overlap / (p.sum((0, 2, 3)) + truth.sum((0, 2, 3)) + 1e-5))[1:].mean()
    loss = 1 - dice - (log_p * truth).sum(1).mean()
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()
    return loss.item()


def measure(runs, work):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(1e3 * (time.perf_counter() - start))
    return times


measure(3, step)
training = measure(steps, step)
model.eval()
with torch.no_grad():
    inference = measure(20, lambda: model(images[:1]).softmax(1))[5:]
print(
    json.dumps(
        {
            "engine": f"torch {torch.__version__}, {'channels_last' if channels_last else 'default layout'}",
            "threads": threads,
            "batch": batch,
            "size": size,
            "parameters": sum(p.numel() for p in model.parameters()),
            "stepMedianMs": statistics.median(training),
            "stepMinimumMs": min(training),
            "inferenceMedianMs": statistics.median(inference),
            "peakMemoryMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    )
)
