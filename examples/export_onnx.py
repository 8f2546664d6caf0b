#!/usr/bin/env python3
"""Exports a small PyTorch network as an ONNX file. Needs PyTorch (Debian: python3-torch), which Cairn itself does not.

    python3 examples/export_onnx.py my-model.onnx
    ./cairn run examples/my-onnx.conf --set model.path=my-model.onnx
"""
import sys

import torch


class Model(torch.nn.Module):
    """One step: [member, variable, latitude, longitude] in, the same out."""

    def __init__(self):
        super().__init__()
        self.net = torch.nn.Conv2d(2, 2, 3)  # your trained network here

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        east = torch.cat([x[..., -1:], x, x[..., :1]], dim=3)  # the grid goes around the globe
        around = torch.cat([east[:, :, :1], east, east[:, :, -1:]], dim=2)  # a row beyond each pole
        return x + 0.1 * torch.tanh(self.net(around))


if __name__ == "__main__":
    torch.manual_seed(0)
    axes = {0: "member", 2: "latitude", 3: "longitude"}  # free, so that the file takes any grid and batch
    torch.onnx.export(
        Model().eval(), torch.zeros(1, 2, 73, 144), sys.argv[1] if len(sys.argv) > 1 else "my-model.onnx",
        input_names=["input"], output_names=["output"], dynamic_axes={"input": axes, "output": axes}, opset_version=13)
