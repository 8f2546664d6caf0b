"""A prognostic model with the interface of Earth2Studio, and a bound state as its bind_checkpoint_state makes one."""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import torch


@dataclass
class Kept:
    x: torch.Tensor = None
    steps: int = 0
    keys: tuple = ()
    values: tuple = ()


class Bound:
    """Earth2Studio's CheckpointState, as far as a model and a host see it."""

    def __init__(self, state):
        self._state, self._checkpoint, self._loaded = state, None, False

    @property
    def checkpoint_dataclass(self):
        return self._state

    @property
    def checkpoint_level(self):
        return 0 if self._checkpoint is None else self._checkpoint.level

    @property
    def checkpoint_state_loaded(self):
        return self._loaded

    def _bind_checkpoint(self, checkpoint, session=None, state_loaded=False):
        self._checkpoint, self._loaded = checkpoint, state_loaded


class Waves(torch.nn.Module):
    """Rolls eastward; draws, if told to; each third step of its iterator is another one, which it counts in its bound state."""

    def __init__(self, variable, domain_coords, dt, history=1, noise=0.0, lat_up=False, gives=None, dims=None):
        super().__init__()
        self.names, self.dt, self.noise, self.gives, self.dims = variable, dt, noise, gives or variable, dims
        self.domain = OrderedDict(domain_coords)
        if lat_up:
            self.domain["lat"] = np.sort(self.domain["lat"])
            self.domain["lon"] = (self.domain["lon"] + 180) % 360 - 180
        self.leads = np.array([-dt * back for back in reversed(range(history))])
        self.checkpoint = Bound(Kept())

    def input_coords(self):
        coords = OrderedDict(batch=np.empty(0), time=np.empty(0), lead_time=self.leads, variable=np.array(self.names), **self.domain)
        return coords if self.dims is None else OrderedDict((key, np.zeros(1)) for key in self.dims)

    def output_coords(self, coords):
        out = OrderedDict(coords)
        out["lead_time"], out["variable"] = coords["lead_time"][-1:] + self.dt, np.array(self.gives)
        return out

    def forward(self, x, coords):
        if list(coords) != ["time", "lead_time", "variable", "lat", "lon"] or x.shape != tuple(len(v) for v in coords.values()):
            raise ValueError(f"{list(coords)}, {list(x.shape)}")
        if not np.array_equal(coords["lat"], self.domain["lat"]):
            raise ValueError("another grid")
        out = 0.75 * torch.roll(x[:, -1:], 1, dims=-1) + 0.25 * x[:, :1] + self.noise * torch.randn_like(x[:, -1:])
        # The day of the year shows that the time is told.
        return out + 1e-3 * (coords["time"][0].astype("datetime64[D]").astype(int) % 365), self.output_coords(coords)

    def create_iterator(self, x, coords):
        kept = self.checkpoint.checkpoint_dataclass
        if self.checkpoint.checkpoint_level == 2 and self.checkpoint.checkpoint_state_loaded:
            x, coords = kept.x, OrderedDict(zip(kept.keys, kept.values))
        else:
            kept.steps = 0
            self._keep(x, coords)
            yield x[:, -1:], OrderedDict(coords, lead_time=coords["lead_time"][-1:])
        while True:
            out, found = self.forward(x, coords)
            kept.steps += 1
            if kept.steps % 3 == 0:
                out = out + 1
            x = torch.cat([x[:, 1:], out], dim=1)
            coords = OrderedDict(coords, lead_time=np.concatenate([coords["lead_time"][1:], found["lead_time"]]))
            self._keep(x, coords)
            yield out, found

    def _keep(self, x, coords):
        kept = self.checkpoint.checkpoint_dataclass
        if self.checkpoint.checkpoint_level == 2:
            kept.x, kept.keys, kept.values = x.clone(), tuple(coords), tuple(np.array(value) for value in coords.values())


class Forgetful(Waves):
    """Its iterator counts where no session sees it."""

    def __init__(self, variable, domain_coords, dt):
        super().__init__(variable, domain_coords, dt)
        del self.checkpoint

    def create_iterator(self, x, coords):
        yield x, coords


def ten(variable, domain_coords):
    """A function that makes a model."""
    return Waves(variable, domain_coords, np.timedelta64(10, "h"))


def nothing():
    return 5
