# The shallow-water equations on the sphere in vorticity and divergence, by spherical harmonics (Bourke 1972; Hack and Jakob 1992). The
# functions that it shares with other models, and the axes, are in spherical-harmonics.ts; docs/models.md describes the scheme.
#
# A state is x[b, m, k, c, l]; k: relative vorticity, divergence (1/s), geopotential of the free surface (m2/s2).


def winds(self, x: Tensor) -> Tensor:
    # u cos(lat), v cos(lat), absolute vorticity and geopotential, [b, m, k, c, l].
    along, across = self.along(x[:, :, 0:2]), self.across(x[:, :, 0:2])
    u, v = along[:, :, 0] + across[:, :, 1], across[:, :, 0] - along[:, :, 1]
    return torch.stack([u, v, x[:, :, 0] + self.planetary[:, 0], x[:, :, 2]], 2)


def tendency(self, x: Tensor) -> Tensor:
    # Fluxes of absolute vorticity give vorticity their convergence and divergence their curl; the flux of depth gives depth its
    # convergence; energy drives divergence by minus its Laplacian.
    grid = self.to_grid(self.winds(x))
    wind, u, v = grid[:, :, 0:2], grid[:, :, 0:1], grid[:, :, 1:2]
    products = torch.cat([wind * grid[:, :, 2:3], wind * grid[:, :, 3:4], 0.5 * (u * u + v * v)], 2)
    flux = self.to_spectra(products)
    eastward = torch.stack([flux[:, :, 0], -flux[:, :, 1], flux[:, :, 2]], 2)
    northward = torch.stack([flux[:, :, 1], flux[:, :, 0], flux[:, :, 3]], 2)
    changes = self.convergence(eastward, northward)
    push = self.minus_laplacian * (flux[:, :, 4] + x[:, :, 2])
    return torch.stack([changes[:, :, 0], changes[:, :, 1] + push, changes[:, :, 2]], 2)


def balanced(self, vorticity: Tensor) -> Tensor:
    # A state without divergence whose geopotential, of the given mean, lets none begin: the nonlinear balance equation (Charney 1955).
    mean = torch.zeros_like(vorticity) + self.mean_geopotential
    x = torch.stack([vorticity, torch.zeros_like(vorticity), mean], 2)
    return torch.stack([vorticity, torch.zeros_like(vorticity), mean + self.inverse_laplacian * self.tendency(x)[:, :, 1]], 2)


def init(self, fields: Tensor) -> Tensor:
    # Winds u, v (m/s) and the height h (m) on the input grid [b, 3, latitude, longitude] -> state. Without h, of the winds the
    # rotational part, and the height that balances it.
    waves = self.waves_of(fields)
    u, v = waves[:, :, 0], waves[:, :, 1]
    vorticity = self.curl(u, v)
    if fields.size(1) == 2:
        return self.balanced(vorticity)
    return torch.stack([vorticity, self.curl(-v, u), self.gravity * self.analyse(waves[:, :, 2])], 2)


def fields(self, x: Tensor) -> Tensor:
    # State -> u, v (m/s), h (m), vorticity, divergence (1/s) on the input grid [b, 5, latitude, longitude].
    columns = x.permute([1, 0, 2, 3, 4])
    psi, chi = (x[:, :, 0] * self.inverse_laplacian).permute([1, 0, 2, 3]), (x[:, :, 1] * self.inverse_laplacian).permute([1, 0, 2, 3])
    u = self.at_rows(psi, self.grid_u) + self.at_rows(self.turned(chi), self.grid_v)
    v = self.at_rows(self.turned(psi), self.grid_v) - self.at_rows(chi, self.grid_u)
    vorticity, divergence = self.at_rows(columns[:, :, 0], self.grid_value), self.at_rows(columns[:, :, 1], self.grid_value)
    h = self.at_rows(columns[:, :, 2], self.grid_value) / self.gravity
    return self.on_input_grid(torch.stack([u, v, h, vorticity, divergence], 2))


def totals(self, x: Tensor) -> Tensor:
    # Means over the sphere, [b, 3]: depth (m), energy h (u2 + v2 + g h) / 2 (m3/s2), potential enstrophy (zeta + f)2 / (2 h) (1/(m s2)).
    grid = self.to_grid(self.winds(x))
    u, v, absolute, depth = grid[:, :, 0], grid[:, :, 1], grid[:, :, 2], grid[:, :, 3] / self.gravity
    energy = 0.5 * depth * ((u * u + v * v) / self.cosine_squared + self.gravity * depth)
    values = torch.stack([depth, energy, 0.5 * absolute * absolute / depth], 2)
    return (values.mean(0) * self.row_weights).sum(2)
