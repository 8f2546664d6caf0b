"""The net of train_winds.py as a Python class: PyTorch steps models/monthly-winds.pt (examples/monthly-winds-python.conf)."""

import pathlib

import cairn
import torch

ROOT = pathlib.Path(__file__).resolve().parent.parent


class MonthlyWinds(cairn.Model):
    """Monthly mean winds, a month a step. The state has four channels: u, v, and the cosine and the sine of the season."""

    def __init__(self):
        torch.set_num_threads(1)
        self.net = torch.jit.load(str(ROOT / "models" / "monthly-winds.pt")).eval()

    def init(self, fields):
        return self.call(self.net.init, fields, torch.tensor(self.time, dtype=torch.float64))

    def step(self, state):
        return self.call(self.net.step, state)

    def fields(self, state):
        return self.call(self.net.fields, state)

    def call(self, method, array, *more):
        with torch.no_grad():
            return method(torch.tensor(array)[None], *more)[0].numpy()
