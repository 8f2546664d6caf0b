# The nondivergent barotropic vorticity equation on the sphere, by spherical harmonics (Bourke 1972). The functions that it shares with
# other models, and the axes, are in spherical-harmonics.ts; docs/models.md describes the scheme.
#
# A state is x[b, m, c, l]: relative vorticity (1/s).


def tendency(self, x: Tensor) -> Tensor:
    # Minus the divergence of the flux of absolute vorticity, [b, m, c, l].
    vorticity = x.unsqueeze(2)
    grid = self.to_grid(torch.cat([self.along(vorticity), self.across(vorticity), vorticity + self.planetary], 2))
    flux = self.to_spectra(grid[:, :, 0:2] * grid[:, :, 2:3])
    return self.convergence(flux[:, :, 0:1], flux[:, :, 1:2])[:, :, 0]


def init(self, fields: Tensor) -> Tensor:
    # Winds u, v (m/s) on the input grid [b, 2, latitude, longitude] -> state. Divergence drops out: only the curl is projected.
    waves = self.waves_of(fields)
    return self.curl(waves[:, :, 0], waves[:, :, 1])


def fields(self, x: Tensor) -> Tensor:
    # State -> vorticity (1/s), u, v (m/s), streamfunction (m2/s) on the input grid [b, 4, latitude, longitude].
    columns = x.permute([1, 0, 2, 3])
    psi = (x * self.inverse_laplacian).permute([1, 0, 2, 3])
    vorticity, streamfunction = self.at_rows(columns, self.grid_value), self.at_rows(psi, self.grid_value)
    u, v = self.at_rows(psi, self.grid_u), self.at_rows(self.turned(psi), self.grid_v)
    return self.on_input_grid(torch.stack([vorticity, u, v, streamfunction], 2))
