"""Exports models/monthly-winds.pt, which train_winds.py trained, as an ONNX file.

    /usr/bin/python3 examples/export_winds.py models/monthly-winds.onnx

Needs PyTorch (Debian: python3-torch). The file has no clock of its own: it is given the cosine and the sine of the year that has passed
(model.forcing), which are turned to the clock of the net, whose year begins with the first month of its data.
"""

import math
import pathlib
import sys

import numpy as np
import torch

import train_winds

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Winds(torch.nn.Module):
    """One month: [member, (u, v), latitude, longitude] and the season [member, (cosine, sine), latitude, longitude] to the winds."""

    def __init__(self, net: train_winds.MonthlyWinds):
        super().__init__()
        self.net = net
        begins = (np.datetime64("1982-01-01") - train_winds.EPOCH) / np.timedelta64(1, "s")
        self.late = 2 * math.pi * (net.january - begins) / net.year

    def forward(self, winds: torch.Tensor, season: torch.Tensor) -> torch.Tensor:
        c, s = math.cos(self.late), math.sin(self.late)
        clock = torch.stack([season[:, 0] * c + season[:, 1] * s, season[:, 1] * c - season[:, 0] * s], dim=1)
        return self.net.fields(self.net.step(torch.cat([winds, clock], dim=1)))


def main() -> None:
    trained = torch.jit.load(str(ROOT / "models" / "monthly-winds.pt"))
    net = train_winds.MonthlyWinds(trained.climatology, torch.zeros(trained.climatology.shape[-2]), trained.january)
    net.load_state_dict(trained.state_dict())
    plane = torch.zeros(1, 2, *trained.climatology.shape[-2:])
    names = ["winds", "season", "next"]
    torch.onnx.export(
        Winds(net).eval(), (plane, plane + 1), sys.argv[1], input_names=names[:2], output_names=names[2:],
        dynamic_axes={name: {0: "member"} for name in names}, opset_version=13)


if __name__ == "__main__":
    main()
