# The nondivergent barotropic vorticity equation on the sphere, by spherical harmonics (Bourke 1972) and the transform method
# (Orszag 1970; Eliasen, Machenhauer and Rasmussen 1970). The caller computes every table; docs/models.md describes the scheme.
#
# Axes: b member, m zonal wavenumber 0..T, c real and imaginary part, l = n - m (degree above the sectoral one), p = l mod 2 (parity about
# the equator), i = l div 2, j Gaussian latitude of one hemisphere, k field.
# A state is x[b, m, c, l]: relative vorticity (1/s), zero where m + l > T.


def winds(self, x: Tensor) -> Tensor:
    # u cos(lat), v cos(lat) and absolute vorticity, [b, m, k, c, l]; u cos(lat) reaches degree T + 1.
    above = torch.constant_pad_nd(x, [-1, 1], 0.0)
    below = torch.constant_pad_nd(x, [1, -1], 0.0)
    u = self.u_above * above + self.u_below * below
    v = self.v_turned * torch.flip(x, [2])
    return torch.stack([u, v, x + self.planetary], 2)


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


def tendency(self, x: Tensor) -> Tensor:
    # Minus the divergence of the flux of absolute vorticity, free of aliasing, [b, m, c, l].
    grid = self.to_grid(self.winds(x))
    flux = self.to_spectra(grid[:, :, 0:2] * grid[:, :, 2:3])
    eastward, northward = flux[:, :, 0], flux[:, :, 1]
    above = torch.constant_pad_nd(northward, [-1, 1], 0.0)
    below = torch.constant_pad_nd(northward, [1, -1], 0.0)
    return self.flux_turned * torch.flip(eastward, [2]) + self.flux_above * above + self.flux_below * below


def step(self, x: Tensor) -> Tensor:
    # The classical fourth-order Runge-Kutta scheme, then hyperdiffusion solved exactly.
    k1 = self.tendency(x)
    k2 = self.tendency(x + self.half_step * k1)
    k3 = self.tendency(x + self.half_step * k2)
    k4 = self.tendency(x + self.whole_step * k3)
    return self.damping * (x + self.sixth_step * (k1 + 2.0 * (k2 + k3) + k4))


def init(self, fields: Tensor) -> Tensor:
    # Winds u, v (m/s) on the input grid [b, 2, latitude, longitude] -> state. Divergence drops out: only the curl is projected.
    b, m = fields.size(0), self.planetary.size(0)
    turn = torch.complex(self.origin_cos, -self.origin_sin)
    waves = torch.view_as_real(torch.fft_rfft(fields, None, 3, "forward")[:, :, :, :m] * turn).permute([1, 3, 0, 4, 2])
    u = waves[0].reshape([m, 2 * b, -1])
    v = torch.stack([-waves[1][:, :, 1], waves[1][:, :, 0]], 2).reshape([m, 2 * b, -1])
    spectra = torch.bmm(u, self.curl_u) + torch.bmm(v, self.curl_v)
    return spectra.view([m, b, 2, -1]).permute([1, 0, 2, 3]).contiguous()


def fields(self, x: Tensor) -> Tensor:
    # State -> vorticity (1/s), u, v (m/s), streamfunction (m2/s) on the input grid [b, 4, latitude, longitude].
    b, m = x.size(0), x.size(1)
    columns = x.permute([1, 0, 2, 3])
    psi = (x * self.inverse_laplacian).permute([1, 0, 2, 3])
    turned = torch.stack([-psi[:, :, 1], psi[:, :, 0]], 2)
    scalars = torch.bmm(torch.stack([columns, psi], 1).reshape([m, 4 * b, -1]), self.grid_value).view([m, 2, b, 2, -1])
    u = torch.bmm(psi.reshape([m, 2 * b, -1]), self.grid_u).view([m, b, 2, -1])
    v = torch.bmm(turned.reshape([m, 2 * b, -1]), self.grid_v).view([m, b, 2, -1])
    waves = torch.stack([scalars[:, 0], u, v, scalars[:, 1]], 2)
    turn = torch.complex(self.origin_cos, self.origin_sin).view([-1, 1, 1, 1])
    values = torch.fft_irfft(torch.complex(waves[:, :, :, 0], waves[:, :, :, 1]) * turn, self.grid_longitudes.size(0), 0, "forward")
    return values.permute([1, 2, 3, 0]).contiguous()
