# Winds carried around the globe: the smallest model that does something, and a start for one of your own.
#
# TorchScript source text: plain functions that may call each other, operators by their plain names (torch.roll, torch.fft_rfft2); x has
# the axes batch, variable, latitude, longitude. A function step is all that is needed; init(fields) and fields(x) are the identity when
# they are missing. Return new tensors and never change an argument: x is the whole state.


def carried(x: Tensor) -> Tensor:
    # Upwind differences of a solid-body rotation to the east, half a grid length a step (Courant number 0.5), periodic in longitude.
    return x + 0.5 * (torch.roll(x, [1], [3]) - x)


def spread(x: Tensor) -> Tensor:
    # Diffusion between rows of latitude; no flux leaves across the first and last row, so that each variable's sum is kept.
    flux = 0.05 * (x[:, :, 1:] - x[:, :, :-1])
    edge = torch.zeros_like(x[:, :, :1])
    return x + torch.cat([flux, edge], 2) - torch.cat([edge, flux], 2)


def step(x: Tensor) -> Tensor:
    return spread(carried(x))
