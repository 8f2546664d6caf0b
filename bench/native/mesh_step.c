// The yardstick of the mesh model: a half-hour step of its seven modules as plain loops over arrays, in place, in double precision: air
// temperature, humidity, phase of precipitation, snowpack and wind in one loop over the triangles, then slides and drift. A sheet of
// COLUMNS x ROWS cells of 30 m, each cut in two, on rolling ground. src/Engine/Mesh/Processes tells where the formulas come from.
//
//   mesh_step COLUMNS ROWS STEPS [WARM-UP STEPS]
//
// Prints milliseconds a step, and the total of snow to compare numbers with.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double seconds = 1800, station = 1000, month_lapse = 4.4e-3, month_vapour = 0.41e-3;
static const double fusion = 3.34e5, ice_heat = 2100, degree_day = 3, negative = 0.5, capacity = 0.05, density = 300;
static const double air_t = -3, air_rh = 80, air_u = 11, air_dir = 250, air_p = 0.4;
static const int passes = 4;

typedef struct {
  int n;
  double *z, *slope, *aspect, *area, *x, *y, *north, *east, *curvature, *holds, *gains, *ax, *ay;
  int* neighbour;
  double *t, *rh, *rain, *snow, *fraction, *u, *swe, *water, *cold, *runoff, *fallen, *melt, *slid, *drifted, *given, *gw, *gc;
} mesh;

static void* room(size_t count, size_t size) {
  void* memory = calloc(count, size);
  if (memory == NULL) {
    fprintf(stderr, "no memory for the mesh\n");
    exit(1);
  }
  return memory;
}

static double ground(double x, double y) { return 1000 + 200 * sin(x / 700) * cos(y / 900); }

static void corners(int columns, int i, double at[3][3], int node[3]) {
  const int cell = i / 2, c = cell % columns, r = cell / columns, w = columns + 1;
  const int a = r * w + c, b = a + 1, d = a + w, e = d + 1;
  const int lower[3] = {a, b, e}, upper[3] = {a, e, d};
  memcpy(node, i % 2 == 0 ? lower : upper, sizeof lower);
  for (int k = 0; k < 3; ++k) {
    at[k][0] = 30.0 * (node[k] % w);
    at[k][1] = 30.0 * (node[k] / w);
    at[k][2] = ground(at[k][0], at[k][1]);
  }
}

static int neighbour_of(int columns, int rows, int i, int edge) {
  const int cell = i / 2, c = cell % columns, r = cell / columns;
  if (i % 2 == 0) {
    return edge == 0 ? (r > 0 ? 2 * (cell - columns) + 1 : -1) : edge == 1 ? (c + 1 < columns ? 2 * (cell + 1) + 1 : -1) : i + 1;
  }
  return edge == 0 ? i - 1 : edge == 1 ? (r + 1 < rows ? 2 * (cell + columns) : -1) : (c > 0 ? 2 * (cell - 1) : -1);
}

static void shape(mesh* m, int columns, int rows) {
  for (int i = 0; i < m->n; ++i) {
    double p[3][3];
    int node[3];
    corners(columns, i, p, node);
    const double ux = p[1][0] - p[0][0], uy = p[1][1] - p[0][1], uz = p[1][2] - p[0][2];
    const double vx = p[2][0] - p[0][0], vy = p[2][1] - p[0][1], vz = p[2][2] - p[0][2];
    const double nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
    m->x[i] = (p[0][0] + p[1][0] + p[2][0]) / 3;
    m->y[i] = (p[0][1] + p[1][1] + p[2][1]) / 3;
    m->z[i] = (p[0][2] + p[1][2] + p[2][2]) / 3;
    m->area[i] = nz / 2;
    m->slope[i] = atan2(sqrt(nx * nx + ny * ny), nz);
    m->aspect[i] = nx == 0 && ny == 0 ? 0 : atan2(nx, ny);
    for (int e = 0; e < 3; ++e) {
      m->neighbour[3 * i + e] = neighbour_of(columns, rows, i, e);
    }
  }
}

static double fall(const mesh* m, int i) {
  double sum = 0;
  for (int e = 0; e < 3; ++e) {
    const int j = m->neighbour[3 * i + e];
    sum += j < 0 ? 0 : fmax(0, m->z[i] - m->z[j]);
  }
  return sum;
}

static void outward(mesh* m, int columns, int i, int e) {
  const int j = m->neighbour[3 * i + e];
  double p[3][3];
  int node[3];
  corners(columns, i, p, node);
  const int first = e, second = (e + 1) % 3;
  if (j < 0) {
    return;
  }
  m->ax[3 * i + e] = p[second][1] - p[first][1];
  m->ay[3 * i + e] = p[first][0] - p[second][0];
}

static void prepare(mesh* m, int columns) {
  double steepest = 0, sharpest = 0;
  for (int i = 0; i < m->n; ++i) {
    double sum = 0;
    int count = 0;
    for (int e = 0; e < 3; ++e) {
      const int j = m->neighbour[3 * i + e];
      if (j >= 0) {
        const double dx = m->x[j] - m->x[i], dy = m->y[j] - m->y[i], drop = m->z[j] - m->z[i];
        sum += -drop / (2 * sqrt(dx * dx + dy * dy));
        ++count;
        m->gains[3 * i + e] = drop > 0 ? drop / fall(m, j) * (m->area[j] / m->area[i]) : 0;
      }
      outward(m, columns, i, e);
    }
    m->curvature[i] = count == 0 ? 0 : sum / count;
    steepest = fmax(steepest, fabs(m->slope[i]));
    sharpest = fmax(sharpest, fabs(m->curvature[i]));
    const double degrees = fmax(m->slope[i] * 180 / M_PI, 1e-6);
    m->holds[i] = fall(m, i) > 0 ? density * 3178.4 * pow(degrees, -1.998) / cos(m->slope[i]) : INFINITY;
    m->swe[i] = 100;
    m->cold[i] = 1e5;
  }
  for (int i = 0; i < m->n; ++i) {
    m->north[i] = 0.5 / steepest * m->slope[i] * cos(m->aspect[i]);
    m->east[i] = 0.5 / steepest * m->slope[i] * sin(m->aspect[i]);
    m->curvature[i] *= 0.5 / sharpest;
  }
}

static double vapour(double t) { return 0.01801528 * 611 * exp(17.3 * t / (237.3 + t)) / (8.31441 * (t + 273.15)); }

static double hydrometeor(double t, double rh) {
  const double kelvin = t + 273.15, diffusivity = 2.06e-5 * pow(kelvin / 273.15, 1.75), conductivity = 6.3e-5 * kelvin + 6.73e-3;
  const double latent = t < 0 ? 1000 * (2834.1 - 0.29 * t - 0.004 * t * t) : 1000 * (2501 - 2.361 * t);
  const double factor = diffusivity * latent / conductivity, there = rh / 100 * vapour(t);
  double ti = t;
  for (int i = 0; i < 20; ++i) {
    const double saturated = vapour(ti);
    const double slope = saturated * (17.3 * 237.3 / ((237.3 + ti) * (237.3 + ti)) - 1 / (ti + 273.15));
    const double change = (t + factor * (there - saturated) - ti) / (1 + factor * slope);
    ti += change;
    if (fabs(change) < 1e-6) {
      break;
    }
  }
  return ti;
}

static void alone(mesh* m) {
  const double b = 17.502, c = 240.97, log_c = log(0.09336);
  const double logarithm = b * air_t / (c + air_t) + log(air_rh / 100), dew = c * logarithm / (b - logarithm);
  const double warming = degree_day * fusion * seconds / 86400, cooling = negative * fusion * seconds / 86400;
  const double sin_dir = sin(air_dir * M_PI / 180), cos_dir = cos(air_dir * M_PI / 180);
  for (int i = 0; i < m->n; ++i) {
    const double above = m->z[i] - station, t = air_t - month_lapse * above, td = dew - month_vapour * c / b * above;
    const double rh = fmin(100, 100 * exp(b * td / (c + td) - b * t / (c + t)));
    const double fraction = 1 / (1 + 2.630006 * exp(hydrometeor(t, rh) * log_c)), rain = air_p * fraction, snow = air_p - rain;
    m->t[i] = t;
    m->rh[i] = rh;
    m->fraction[i] = fraction;
    m->rain[i] = rain;
    m->snow[i] = snow;
    double liquid = m->water[i] + rain, ice = m->swe[i] - m->water[i] + snow, cold = m->cold[i] + ice_heat * snow * fmax(0, -t);
    if (t > 0) {
      const double heat = warming * t, used = fmin(heat, cold), melt = fmin(ice, (heat - used) / fusion);
      cold -= used;
      ice -= melt;
      liquid += melt;
    } else if (ice > 0) {
      cold += fmin(1, cooling / (ice_heat * ice)) * (ice_heat * ice * -t - cold);
    }
    const double frozen = fmin(liquid, cold / fusion);
    ice += frozen;
    cold = ice > 0 ? cold - frozen * fusion : 0;
    liquid -= frozen;
    const double gone = fmax(0, liquid - capacity * ice);
    liquid -= gone;
    m->swe[i] = ice + liquid;
    m->water[i] = liquid;
    m->cold[i] = fmax(0, cold);
    m->melt[i] = gone;
    m->runoff[i] += gone;
    m->fallen[i] += rain + snow;
    m->u[i] = air_u * (1 + 0.5 * (m->north[i] * cos_dir + m->east[i] * sin_dir) + 0.5 * m->curvature[i]);
  }
}

static double saltation(double u, double t) {
  const double threshold = 9.43 + 0.18 * t + 0.0033 * t * t;
  if (u <= threshold) {
    return 0;
  }
  const double friction = pow(u, 1.295) / 44.2, least = pow(threshold, 1.295) / 44.2;
  return 0.68 * 1.2 * least / (friction * 9.81) * (friction * friction - least * least);
}

static void drift(mesh* m) {
  const double east = -sin(air_dir * M_PI / 180), north = -cos(air_dir * M_PI / 180);
  for (int i = 0; i < m->n; ++i) {
    double across = 0;
    for (int e = 3 * i; e < 3 * i + 3; ++e) {
      across += fmax(0, east * m->ax[e] + north * m->ay[e]);
    }
    const double most = across > 0 && m->water[i] <= 0 && m->swe[i] > 0
                            ? saltation(m->u[i], m->t[i]) * across * seconds / m->area[i]
                            : 0;
    const double moved = fmin(most, m->swe[i]), chill = moved > 0 ? moved / m->swe[i] * m->cold[i] : 0;
    m->swe[i] -= moved;
    m->cold[i] -= chill;
    m->drifted[i] = -moved;
    m->given[i] = moved > 0 ? moved * m->area[i] / across : 0;
    m->gc[i] = moved > 0 ? chill * m->area[i] / across : 0;
  }
  for (int i = 0; i < m->n; ++i) {
    for (int e = 3 * i; e < 3 * i + 3; ++e) {
      const double across = -(east * m->ax[e] + north * m->ay[e]);
      if (across > 0) {
        const double metres = across / m->area[i];
        const int j = m->neighbour[e];
        m->swe[i] += metres * m->given[j];
        m->cold[i] += metres * m->gc[j];
        m->drifted[i] += metres * m->given[j];
      }
    }
  }
}

static void slide(mesh* m) {
  memset(m->slid, 0, (size_t)m->n * sizeof *m->slid);
  for (int pass = 0; pass < passes; ++pass) {
    for (int i = 0; i < m->n; ++i) {
      const double beyond = fmax(0, m->swe[i] - m->holds[i]), share = beyond > 0 ? beyond / m->swe[i] : 0;
      m->given[i] = beyond;
      m->gw[i] = share * m->water[i];
      m->gc[i] = share * m->cold[i];
      m->swe[i] -= beyond;
      m->water[i] -= m->gw[i];
      m->cold[i] -= m->gc[i];
      m->slid[i] -= beyond;
    }
    for (int i = 0; i < m->n; ++i) {
      for (int e = 3 * i; e < 3 * i + 3; ++e) {
        const double gain = m->gains[e];
        if (gain > 0) {
          const int j = m->neighbour[e];
          m->swe[i] += gain * m->given[j];
          m->water[i] += gain * m->gw[j];
          m->cold[i] += gain * m->gc[j];
          m->slid[i] += gain * m->given[j];
        }
      }
    }
  }
}

static void step(mesh* m) {
  alone(m);
  drift(m);
  slide(m);
}

int main(int count, char** arguments) {
  if (count < 4) {
    fprintf(stderr, "usage: mesh_step COLUMNS ROWS STEPS [WARM-UP STEPS]\n");
    return 2;
  }
  const int columns = atoi(arguments[1]), rows = atoi(arguments[2]), steps = atoi(arguments[3]);
  const int before = count > 4 ? atoi(arguments[4]) : 0;
  mesh m = {.n = 2 * columns * rows};
  double** once[] = {&m.z, &m.slope, &m.aspect, &m.area, &m.x, &m.y, &m.north, &m.east, &m.curvature, &m.holds, &m.t, &m.rh, &m.rain,
                     &m.snow, &m.fraction, &m.u, &m.swe, &m.water, &m.cold, &m.runoff, &m.fallen, &m.melt, &m.slid, &m.drifted,
                     &m.given, &m.gw, &m.gc};
  double** thrice[] = {&m.gains, &m.ax, &m.ay};
  for (size_t i = 0; i < sizeof once / sizeof *once; ++i) {
    *once[i] = room((size_t)m.n, sizeof(double));
  }
  for (size_t i = 0; i < sizeof thrice / sizeof *thrice; ++i) {
    *thrice[i] = room(3 * (size_t)m.n, sizeof(double));
  }
  m.neighbour = room(3 * (size_t)m.n, sizeof(int));
  shape(&m, columns, rows);
  prepare(&m, columns);
  for (int i = 0; i < before; ++i) {
    step(&m);
  }
  struct timespec began, ended;
  clock_gettime(CLOCK_MONOTONIC, &began);
  for (int i = 0; i < steps; ++i) {
    step(&m);
  }
  clock_gettime(CLOCK_MONOTONIC, &ended);
  double total = 0;
  for (int i = 0; i < m.n; ++i) {
    total += m.swe[i] * m.swe[i] * m.area[i];
  }
  const double ms = (double)(ended.tv_sec - began.tv_sec) * 1e3 + (double)(ended.tv_nsec - began.tv_nsec) / 1e6;
  printf("%.4f ms/step\nsnow squared %.12e\n", ms / (steps > 0 ? steps : 1), total);
  return 0;
}
