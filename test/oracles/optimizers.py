"""Writes test/fixtures/tuning/optimizers.json: prompts after 1, 10 and 200 steps of each optimiser, in float64.

    python test/oracles/optimizers.py          # needs numpy and torch; writes the fixture
    python test/oracles/optimizers.py --optax  # needs numpy, jax and optax; checks the Adafactor reference against optax's

Adafactor is the released recipe of Lester et al. 2021 in numpy (T5X's update rule: no first moment, no parameter scaling,
weight decay not multiplied by the learning rate, the second moment factored where both dimensions are at least 128); AdamW
and SGD are torch.optim's, and so are the learning rate schedules, which some of the AdamW cases run on. The gradient of every step is a formula of the prompt, the step and the position, which the unit
test computes too, so no gradients have to be stored.
"""
import json
import sys
from pathlib import Path

import numpy as np

FIXTURE = Path(__file__).parent.parent / "fixtures" / "tuning" / "optimizers.json"
STEPS = 200
LOOKS = (1, 10, STEPS)
#: Of large prompts every 61st number is kept.
STRIDE = 61


def noise(step, size):
    """Uniform over [-0.5, 0.5), from a 32-bit integer hash."""
    mask = np.uint64(0xFFFFFFFF)
    x = (np.uint64(step) * np.uint64(2654435761) + np.arange(size, dtype=np.uint64) * np.uint64(40503)) & mask
    x ^= x >> np.uint64(16)
    x = (x * np.uint64(0x7FEB352D)) & mask
    x ^= x >> np.uint64(15)
    x = (x * np.uint64(0x846CA68B)) & mask
    x ^= x >> np.uint64(16)
    return x.astype(np.float64) / 2**32 - 0.5


def start(shape):
    return noise(12345, shape[0] * shape[1]).reshape(shape) * 2


def gradient(prompt, step):
    """A pull to zero, of a strength that depends on the position, and noise whose size changes over five magnitudes."""
    size = prompt.size
    strength = 1 / (1 + np.arange(size) % 7)
    return (strength * prompt.reshape(-1) + noise(step, size) * 10.0 ** (2 - step % 5)).reshape(prompt.shape)


def adafactor(shape, lr, origin, weight_decay=1e-5, decay=0.8, clip=1.0):
    factored = min(shape) >= 128
    v, rows, columns = np.zeros(shape), np.zeros(shape[0]), np.zeros(shape[1])
    step = 0

    def update(p, g):
        nonlocal v, rows, columns, step
        beta = 1 - (origin + step + 1.0) ** -decay
        square = g * g + 1e-30
        if factored:
            rows = beta * rows + (1 - beta) * square.mean(axis=1)
            columns = beta * columns + (1 - beta) * square.mean(axis=0)
            y = g * ((rows / rows.mean()) ** -0.5)[:, None] * (columns**-0.5)[None, :]
        else:
            v = beta * v + (1 - beta) * square
            y = g * v**-0.5
        y = y / max(1.0, np.sqrt((y * y).mean()) / clip)
        step += 1
        return (1 - weight_decay) * p - lr * y

    return update


#: Learning rates as torch.optim.lr_scheduler moves them, [torch, optimizer] -> scheduler; warm-ups of WARM_UP steps.
WARM_UP = 20
SCHEDULES = {
    "warm-up": lambda t, o: warmed_up(t, o, t.optim.lr_scheduler.ConstantLR(o, factor=1)),
    "linear": lambda t, o: warmed_up(t, o, t.optim.lr_scheduler.LinearLR(o, 1, 0, total_iters=STEPS - WARM_UP)),
    "cosine": lambda t, o: warmed_up(t, o, t.optim.lr_scheduler.CosineAnnealingLR(o, T_max=STEPS - WARM_UP)),
}


def warmed_up(torch, optimizer, after):
    rise = torch.optim.lr_scheduler.LinearLR(optimizer, 1 / WARM_UP, 1, total_iters=WARM_UP - 1)
    return torch.optim.lr_scheduler.SequentialLR(optimizer, [rise, after], milestones=[WARM_UP])


def from_torch(make, schedule=None):
    def prepare(shape):
        import torch

        parameter = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
        optimizer = make(torch, [parameter])
        scheduler = schedule and SCHEDULES[schedule](torch, optimizer)

        def update(p, g):
            with torch.no_grad():
                parameter.copy_(torch.from_numpy(p))
            parameter.grad = torch.from_numpy(g.copy())
            optimizer.step()
            if scheduler:
                scheduler.step()
            return parameter.detach().numpy().copy()

        return update

    return prepare


CASES = [
    ((5, 16), {"name": "adafactor", "learningRate": 0.3}, lambda s: adafactor(s, 0.3, 0)),
    ((5, 16), {"name": "adafactor", "learningRate": 0.3, "stepOrigin": 1100000}, lambda s: adafactor(s, 0.3, 1100000)),
    ((5, 16), {"name": "adafactor", "learningRate": 0.01, "weightDecay": 0.001, "decayRate": 0.5, "clippingThreshold": 0.5},
     lambda s: adafactor(s, 0.01, 0, 0.001, 0.5, 0.5)),
    ((127, 130), {"name": "adafactor", "learningRate": 0.3}, lambda s: adafactor(s, 0.3, 0)),
    ((128, 130), {"name": "adafactor", "learningRate": 0.3}, lambda s: adafactor(s, 0.3, 0)),
    ((150, 128), {"name": "adafactor", "learningRate": 0.3, "stepOrigin": 1100000}, lambda s: adafactor(s, 0.3, 1100000)),
    ((5, 16), {"name": "adamw", "learningRate": 0.01}, from_torch(lambda t, p: t.optim.AdamW(p, lr=0.01, weight_decay=0))),
    ((5, 16), {"name": "adamw", "learningRate": 0.05, "weightDecay": 0.1, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6},
     from_torch(lambda t, p: t.optim.AdamW(p, lr=0.05, weight_decay=0.1, betas=(0.8, 0.95), eps=1e-6))),
    *(((5, 16), {"name": "adamw", "learningRate": 0.05, "weightDecay": 0.1},
       from_torch(lambda t, p: t.optim.AdamW(p, lr=0.05, weight_decay=0.1), schedule), {"name": schedule, "warmUpSteps": WARM_UP})
      for schedule in SCHEDULES),
    ((5, 16), {"name": "sgd", "learningRate": 0.01}, from_torch(lambda t, p: t.optim.SGD(p, lr=0.01, momentum=0.9))),
    ((5, 16), {"name": "sgd", "learningRate": 0.01, "momentum": 0.8, "nesterov": True},
     from_torch(lambda t, p: t.optim.SGD(p, lr=0.01, momentum=0.8, nesterov=True))),
    ((5, 16), {"name": "sgd", "learningRate": 0.1, "momentum": 0}, from_torch(lambda t, p: t.optim.SGD(p, lr=0.1))),
]


def looks(shape, update):
    prompt = start(shape)
    found = {}
    for step in range(STEPS):
        prompt = update(prompt, gradient(prompt, step))
        if step + 1 in LOOKS:
            stride = 1 if prompt.size < 1000 else STRIDE
            found[str(step + 1)] = {"norm": float(np.linalg.norm(prompt)), "values": prompt.reshape(-1)[::stride].tolist()}
    return found


def write():
    cases = [{"shape": shape, "options": options, **({"schedule": schedule[0]} if schedule else {}),
              "stride": 1 if shape[0] * shape[1] < 1000 else STRIDE,
              "after": looks(shape, prepare(shape))} for shape, options, prepare, *schedule in CASES]
    FIXTURE.parent.mkdir(parents=True, exist_ok=True)
    FIXTURE.write_text(json.dumps(cases))
    print(f"{len(cases)} cases, {FIXTURE.stat().st_size} bytes")


def check_optax():
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import optax

    for shape, options, prepare, *_ in CASES:
        if options["name"] != "adafactor":
            continue
        transform = optax.adafactor(
            options["learningRate"], min_dim_size_to_factor=128, decay_rate=options.get("decayRate", 0.8),
            decay_offset=-options.get("stepOrigin", 0), multiply_by_parameter_scale=False,
            clipping_threshold=options.get("clippingThreshold", 1.0), momentum=None,
            weight_decay_rate=options.get("weightDecay", 1e-5), eps=1e-30, dtype_momentum=jnp.float64,
        )
        state = transform.init(jnp.zeros(shape, jnp.float64))

        def update(p, g):
            nonlocal state
            change, state = transform.update(jnp.asarray(g), state, jnp.asarray(p))
            return np.asarray(p + change)

        ours, theirs = looks(shape, prepare(shape)), looks(shape, update)
        worst = max(np.abs(np.array(ours[k]["values"]) - np.array(theirs[k]["values"])).max() for k in ours)
        print(shape, options, "largest difference to optax", worst)


if __name__ == "__main__":
    check_optax() if "--optax" in sys.argv else write()
