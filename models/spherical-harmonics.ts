# What the spectral models on the sphere share: transforms between spherical harmonics and grids (the transform method: Orszag 1970;
# Eliasen, Machenhauer and Rasmussen 1970), the operators of Bourke (1972) and the time step. A model's text takes the functions that it
# calls. The caller computes every table; docs/models.md describes the scheme.
#
# Axes: b member, m zonal wavenumber 0..T, c real and imaginary part, l = n - m (degree above the sectoral one), p = l mod 2 (parity about
# the equator), i = l div 2, j Gaussian latitude of one hemisphere, k field. Coefficients are zero where m + l > T.


def to_grid(self, spectra: Tensor) -> Tensor:
    # [b, m, k, c, l] -> Gaussian grid [longitude, b, k, 2j]: northern latitudes first, then their southern mirror images.
    b, m, k, half = spectra.size(0), spectra.size(1), spectra.size(2), self.synthesis.size(2)
    rows = spectra.view([b, m, k, 2, -1, 2]).permute([1, 5, 0, 2, 3, 4]).reshape([2 * m, b * k * 2, -1])
    parts: List[Tensor] = []
    # The triangle is cut into four slabs of m, each as wide as its longest column: a third of the products are with zeros instead of half.
    width = (m + 3) // 4
    for first in range(0, m, width):
        last = min(first + width, m)
        terms = (m + 2 - first) // 2
        parts.append(torch.bmm(rows[2 * first:2 * last, :, :terms], self.synthesis[2 * first:2 * last, :terms]))
    sums = torch.cat(parts).view([m, 2, b, k, 2, half])
    even, odd = sums[:, 0], sums[:, 1]
    waves = torch.cat([even + odd, even - odd], 4)
    return torch.fft_irfft(torch.complex(waves[:, :, :, 0], waves[:, :, :, 1]), self.longitudes.size(0), 0, "forward")


def to_spectra(self, grid: Tensor) -> Tensor:
    # [longitude, b, k, 2j] -> integrals against the Legendre functions, divided by cos(lat)^2: [b, m, k, c, l].
    b, k, m, half = grid.size(1), grid.size(2), self.planetary.size(0), self.analysis.size(1)
    waves = torch.view_as_real(torch.fft_rfft(grid, None, 0, "forward")[:m])
    north, south = waves[:, :, :, :half], waves[:, :, :, half:]
    rows = torch.stack([north + south, north - south], 1).permute([0, 1, 2, 3, 5, 4]).reshape([2 * m, b * k * 2, half])
    parts: List[Tensor] = []
    width = (m + 3) // 4
    for first in range(0, m, width):
        last = min(first + width, m)
        terms = (m + 2 - first) // 2
        part = torch.bmm(rows[2 * first:2 * last], self.analysis[2 * first:2 * last, :, :terms])
        parts.append(torch.constant_pad_nd(part, [0, self.analysis.size(2) - terms], 0.0))
    return torch.cat(parts).view([m, 2, b, k, 2, -1]).permute([2, 0, 3, 4, 5, 1]).reshape([b, m, k, 2, -1])


def along(self, x: Tensor) -> Tensor:
    # -cos(lat)/a d/dlat of the inverse Laplacian, [b, m, k, c, l]: u cos(lat) of a vorticity; reaches degree T + 1.
    above = torch.constant_pad_nd(x, [-1, 1], 0.0)
    below = torch.constant_pad_nd(x, [1, -1], 0.0)
    return self.u_above * above + self.u_below * below


def across(self, x: Tensor) -> Tensor:
    # 1/a d/dlon of the inverse Laplacian, [b, m, k, c, l]: v cos(lat) of a vorticity, u cos(lat) of a divergence.
    return self.v_turned * torch.flip(x, [3])


def convergence(self, eastward: Tensor, northward: Tensor) -> Tensor:
    # Minus the divergence of fluxes whose components times cos(lat) to_spectra has integrated, free of aliasing, [b, m, k, c, l].
    above = torch.constant_pad_nd(northward, [-1, 1], 0.0)
    below = torch.constant_pad_nd(northward, [1, -1], 0.0)
    return self.flux_turned * torch.flip(eastward, [3]) + self.flux_above * above + self.flux_below * below


def step(self, x: Tensor) -> Tensor:
    # The classical fourth-order Runge-Kutta scheme, then hyperdiffusion solved exactly.
    k1 = self.tendency(x)
    k2 = self.tendency(x + self.half_step * k1)
    k3 = self.tendency(x + self.half_step * k2)
    k4 = self.tendency(x + self.whole_step * k3)
    return self.damping * (x + self.sixth_step * (k1 + 2.0 * (k2 + k3) + k4))


def turned(self, x: Tensor) -> Tensor:
    # i times coefficients [m, b, c, ...].
    return torch.stack([-x[:, :, 1], x[:, :, 0]], 2)


def waves_of(self, fields: Tensor) -> Tensor:
    # Fields on the input grid [b, k, latitude, longitude] -> zonal waves [m, b, k, c, latitude].
    turn = torch.complex(self.origin_cos, -self.origin_sin)
    waves = torch.view_as_real(torch.fft_rfft(fields, None, 3, "forward")[:, :, :, :turn.size(0)] * turn)
    return waves.permute([3, 0, 1, 4, 2])


def curl(self, u: Tensor, v: Tensor) -> Tensor:
    # Zonal waves [m, b, c, latitude] of a wind's components -> coefficients of its vorticity [b, m, c, l], integrated by parts: winds are
    # never differenced. With (-v, u) for (u, v): of its divergence.
    m, b = u.size(0), u.size(1)
    turned = self.turned(v)
    spectra = torch.bmm(u.reshape([m, 2 * b, -1]), self.curl_u) + torch.bmm(turned.reshape([m, 2 * b, -1]), self.curl_v)
    return spectra.view([m, b, 2, -1]).permute([1, 0, 2, 3]).contiguous()


def analyse(self, waves: Tensor) -> Tensor:
    # Zonal waves [m, b, c, latitude] of a field that is no wind -> its coefficients [b, m, c, l].
    m, b = waves.size(0), waves.size(1)
    return torch.bmm(waves.reshape([m, 2 * b, -1]), self.analysis_rows).view([m, b, 2, -1]).permute([1, 0, 2, 3])


def at_rows(self, x: Tensor, table: Tensor) -> Tensor:
    # Coefficients [m, b, c, l] -> zonal waves [m, b, c, latitude] on the input grid's rows.
    m, b = x.size(0), x.size(1)
    return torch.bmm(x.reshape([m, 2 * b, -1]), table).view([m, b, 2, -1])


def on_input_grid(self, waves: Tensor) -> Tensor:
    # Zonal waves [m, b, k, c, latitude] -> fields [b, k, latitude, longitude].
    turn = torch.complex(self.origin_cos, self.origin_sin).view([-1, 1, 1, 1])
    values = torch.fft_irfft(torch.complex(waves[:, :, :, 0], waves[:, :, :, 1]) * turn, self.grid_longitudes.size(0), 0, "forward")
    return values.permute([1, 2, 3, 0]).contiguous()
