"""Trains a small convolution net that predicts the next month's near-surface winds, and exports it for Cairn.

    /usr/bin/python3 examples/train_winds.py                 # trains, prints the scores, writes models/monthly-winds.pt

Needs PyTorch, NumPy and xarray (Debian: python3-torch python3-xarray python3-netcdf4). One to three minutes on one core.

Trained on 1982-1990 of data/navy-winds-1982-1992.nc, scored on 1991-1992, which training never sees. Settings were chosen on
1989-1990 with training on 1982-1988.

The state that Cairn steps, and keeps in its checkpoints, has four channels: u, v, and a clock, the cosine and the sine of the season.
`init` makes the clock of the initial time, `step` turns it by a month, `fields` leaves it out.
"""

import argparse
import math
import pathlib

import numpy as np
import torch
import xarray

ROOT = pathlib.Path(__file__).resolve().parent.parent
EPOCH = np.datetime64("1970-01-01T00:00:00")
YEAR = 12 * 730.5 * 3600.0        # seconds; the file's months are all 730.5 hours long
TRAINED = 9 * 12                  # months from January 1982


class MonthlyWinds(torch.nn.Module):
    """Next month = next month's climatology + what a residual net makes of this month's anomaly."""

    def __init__(self, climatology: torch.Tensor, latitude: torch.Tensor, january: float, channels: int = 16):
        super().__init__()
        sine = torch.sin(torch.deg2rad(latitude))[:, None].expand(-1, climatology.shape[-1])
        self.register_buffer("climatology", climatology)                              # [harmonic, variable, latitude, longitude]
        self.register_buffer("place", torch.stack([sine, torch.sqrt(1 - sine**2)]))   # [2, latitude, longitude]
        self.january = january
        self.year = YEAR
        self.enter = torch.nn.Conv2d(6, channels, 5)
        self.middle = torch.nn.Conv2d(channels, channels, 5)
        self.leave = torch.nn.Conv2d(channels, 2, 5)
        self.dropout = torch.nn.Dropout2d(0.1)
        torch.nn.init.zeros_(self.leave.weight)
        torch.nn.init.zeros_(self.leave.bias)

    @torch.jit.export
    def init(self, fields: torch.Tensor, time: torch.Tensor) -> torch.Tensor:
        """[member, (u, v), latitude, longitude] and seconds since 1970 to a state."""
        angle = (2 * math.pi / self.year) * (time - self.january)
        clock = torch.stack([torch.cos(angle), torch.sin(angle)]).to(fields.dtype)
        planes = clock[None, :, None, None].expand(fields.shape[0], 2, fields.shape[2], fields.shape[3])
        return torch.cat([fields, planes], dim=1)

    @torch.jit.export
    def step(self, x: torch.Tensor) -> torch.Tensor:
        """One month on: [member, (u, v, cosine, sine), latitude, longitude]."""
        c, s = math.cos(math.pi / 6), math.sin(math.pi / 6)
        clock = torch.stack([x[:, 2] * c - x[:, 3] * s, x[:, 2] * s + x[:, 3] * c], dim=1)
        anomaly = x[:, :2] - self.normal(x[:, 2:])
        return torch.cat([self.normal(clock) + self.anomaly(anomaly, x[:, 2:]), clock], dim=1)

    @torch.jit.export
    def fields(self, x: torch.Tensor) -> torch.Tensor:
        return x[:, :2]

    def normal(self, clock: torch.Tensor) -> torch.Tensor:
        """The climatology of a season: mean, yearly and half-yearly wave."""
        c, s = clock[:, 0:1], clock[:, 1:2]
        h = self.climatology
        return h[0] + c * h[1] + s * h[2] + (c * c - s * s) * h[3] + (2 * c * s) * h[4]

    def anomaly(self, anomaly: torch.Tensor, clock: torch.Tensor) -> torch.Tensor:
        """Next month's anomaly."""
        x = torch.cat([anomaly, self.place.expand(anomaly.shape[0], -1, -1, -1), clock], dim=1)
        x = torch.nn.functional.gelu(self.enter(self.around(x)))
        x = x + torch.nn.functional.gelu(self.middle(self.around(self.dropout(x))))
        return self.leave(self.around(x))

    def around(self, x: torch.Tensor) -> torch.Tensor:
        """Two more cells on every side: the other end of the circle east and west, the outermost row at the poles."""
        x = torch.cat([x[..., -2:], x, x[..., :2]], dim=-1)
        return torch.nn.functional.pad(x, [0, 0, 2, 2], mode="replicate")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.step(x)


def harmonics(months: np.ndarray) -> np.ndarray:
    """[month, 5]: one, and the cosine and sine of the yearly and the half-yearly wave; January is at 0."""
    angle = 2 * np.pi * months / 12
    return np.stack([np.ones_like(angle), np.cos(angle), np.sin(angle), np.cos(2 * angle), np.sin(2 * angle)], axis=-1)


def climatology(winds: np.ndarray, months: np.ndarray) -> np.ndarray:
    """Least squares over some months: [harmonic, variable, latitude, longitude]."""
    found = np.linalg.lstsq(harmonics(months), winds[months].reshape(len(months), -1), rcond=None)[0]
    return found.reshape(5, *winds.shape[1:]).astype(np.float32)


def clock_of(months: np.ndarray) -> torch.Tensor:
    angle = torch.as_tensor(2 * np.pi * months / 12, dtype=torch.float32)
    return torch.stack([torch.cos(angle), torch.sin(angle)], dim=1)[:, :, None, None].expand(-1, 2, 73, 144)


def train(model: MonthlyWinds, winds: np.ndarray, months: int, weights: torch.Tensor, epochs: int, rng: np.random.Generator) -> None:
    """Each batch takes its anomalies from a climatology of two random years, so that the net learns not to trust its normals too far."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    model.train()
    for epoch in range(epochs):
        losses = []
        for batch in np.array_split(rng.permutation(months - 1), max(1, months // 12)):
            years = rng.choice(months // 12, 2, replace=False)
            normal = climatology(winds, (years[:, None] * 12 + np.arange(12)).ravel())
            now, then = (
                torch.as_tensor(winds[i] - np.tensordot(harmonics(i), normal, 1).astype(np.float32)) for i in (batch, batch + 1))
            loss = ((model.anomaly(now, clock_of(batch)) - then) ** 2 * weights).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        schedule.step()
        if (epoch + 1) % 10 == 0:
            print(f"epoch {epoch + 1:3d} of {epochs}: {math.sqrt(sum(losses) / len(losses)):.3f} m/s in training", flush=True)
    model.eval()


def main() -> None:
    arguments = argparse.ArgumentParser(description="Train and export the monthly wind model.")
    arguments.add_argument("--data", default=ROOT / "data" / "navy-winds-1982-1992.nc")
    arguments.add_argument("--out", default=ROOT / "models" / "monthly-winds.pt")
    arguments.add_argument("--epochs", type=int, default=40)
    arguments.add_argument("--seed", type=int, default=1982)
    given = arguments.parse_args()

    torch.manual_seed(given.seed)
    torch.set_num_threads(1)
    data = xarray.open_dataset(given.data)
    winds = np.stack([data.u10m.values, data.v10m.values], axis=1).astype(np.float32)      # [month, variable, latitude, longitude]
    seconds = (data.time.values - EPOCH) / np.timedelta64(1, "s")
    area = np.cos(np.deg2rad(data.latitude.values))
    weights = torch.as_tensor(area / area.mean(), dtype=torch.float32)[:, None]

    normal = climatology(winds, np.arange(TRAINED))
    model = MonthlyWinds(torch.as_tensor(normal), torch.as_tensor(data.latitude.values, dtype=torch.float32), float(seconds[0]))
    train(model, winds, TRAINED, weights, given.epochs, np.random.default_rng(given.seed))

    def score(forecast: np.ndarray) -> float:
        return float(np.sqrt(((forecast - winds[TRAINED:]) ** 2 * weights.numpy()).mean()))

    with torch.no_grad():
        forecast = np.concatenate([
            model.fields(model.step(model.init(torch.as_tensor(winds[[i]]), torch.as_tensor(seconds[i])))).numpy()
            for i in range(TRAINED - 1, len(winds) - 1)])
    monthly = np.stack([winds[:TRAINED][month::12].mean(axis=0) for month in range(12)])
    print("RMSE of u and v one month ahead, 1991-1992, weighted by area:")
    print(f"  persistence          {score(winds[TRAINED - 1:-1]):.3f} m/s")
    print(f"  monthly climatology  {score(np.concatenate([monthly, monthly])):.3f} m/s")
    print(f"  this model           {score(forecast):.3f} m/s")

    torch.jit.script(model).save(str(given.out))
    print(f"wrote {given.out}, {pathlib.Path(given.out).stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
