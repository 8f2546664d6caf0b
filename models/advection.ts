# Winds carried around the globe: the smallest model that does something, and a start for one of your own.
#
# TorchScript source text: every function is a method, operators go by their plain names (torch.roll, torch.fft_rfft2), and x has the
# axes batch, variable, latitude, longitude. A method step is all that is needed; init(self, fields) and fields(self, x) are the identity
# when they are missing. Return new tensors, never change an argument, and keep nothing in self: x is the whole state.


def carried(self, x: Tensor) -> Tensor:
    # Upwind differences of a solid-body rotation to the east, half a grid length a step (Courant number 0.5), periodic in longitude.
    return x + 0.5 * (torch.roll(x, [1], [3]) - x)


def spread(self, x: Tensor) -> Tensor:
    # Diffusion between rows of latitude; no flux leaves across the first and last row, so that each variable's sum is kept.
    flux = 0.05 * (x[:, :, 1:] - x[:, :, :-1])
    edge = torch.zeros_like(x[:, :, :1])
    return x + torch.cat([flux, edge], 2) - torch.cat([edge, flux], 2)


def step(self, x: Tensor) -> Tensor:
    return self.spread(self.carried(x))
