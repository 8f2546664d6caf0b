# A diagnostic: the speed of the wind, of its two components (examples/my-model.conf).


def forward(x: Tensor) -> Tensor:
    # [member, u and v, latitude, longitude] -> [member, 1, latitude, longitude]
    return torch.sqrt(x[:, 0:1] * x[:, 0:1] + x[:, 1:2] * x[:, 1:2])
