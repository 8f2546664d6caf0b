// The yardstick of the shallow-water model: the scheme of Sadourny (1975) as the NCAR program of 1984 steps it, three plain loops over
// arrays with a wrapped row and column, in double precision.
//
//   shallow_water COLUMNS ROWS STEPS [WARM-UP STEPS]
//
// Prints milliseconds a step, and the diagonal of u, v and p at the end to compare numbers with.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const double dx = 1e5, dy = 1e5, dt = 90.0, alpha = 0.001;

typedef struct {
  int nx, ny, width;
  double *u, *v, *p, *un, *vn, *pn, *uo, *vo, *po, *cu, *cv, *z, *h;
} plane;

#define AT(a, j, i) (a)[(size_t)(j) * w + (size_t)(i)]

static double *field(const plane *s) {
  double *values = calloc((size_t)(s->ny + 1) * (size_t)s->width, sizeof(double));
  if (values == NULL) {
    fprintf(stderr, "no memory for a field\n");
    exit(1);
  }
  return values;
}

// The rows and columns beyond the ends. Some fields live on the western and southern edges, others on the eastern and northern ones.
static void wrap(double *a, const plane *s, int column_from, int column_to, int row_from, int row_to) {
  size_t w = (size_t)s->width;
  for (int j = 0; j <= s->ny; ++j) {
    AT(a, j, column_to) = AT(a, j, column_from);
  }
  for (int i = 0; i <= s->nx; ++i) {
    AT(a, row_to, i) = AT(a, row_from, i);
  }
}

static void begin(plane *s) {
  const double pi = 4.0 * atan(1.0), a = 1e6;
  double di = 2.0 * pi / s->nx, dj = 2.0 * pi / s->ny, el = s->nx * dx, pcf = pi * pi * a * a / (el * el);
  size_t w = (size_t)s->width;
  double *psi = field(s);
  for (int j = 0; j <= s->ny; ++j) {
    for (int i = 0; i <= s->nx; ++i) {
      AT(psi, j, i) = a * sin((i + 0.5) * di) * sin((j + 0.5) * dj);
      AT(s->p, j, i) = pcf * (cos(2.0 * i * di) + cos(2.0 * j * dj)) + 50000.0;
    }
  }
  for (int j = 0; j < s->ny; ++j) {
    for (int i = 0; i < s->nx; ++i) {
      AT(s->u, j, i + 1) = -(AT(psi, j + 1, i + 1) - AT(psi, j, i + 1)) / dy;
      AT(s->v, j + 1, i) = (AT(psi, j + 1, i + 1) - AT(psi, j + 1, i)) / dx;
    }
  }
  wrap(s->u, s, s->nx, 0, 0, s->ny);
  wrap(s->v, s, 0, s->nx, s->ny, 0);
  free(psi);
  for (size_t i = 0; i < (size_t)(s->ny + 1) * w; ++i) {
    s->uo[i] = s->u[i];
    s->vo[i] = s->v[i];
    s->po[i] = s->p[i];
  }
}

static void diagnose(const plane *s) {
  size_t w = (size_t)s->width;
  const double fsdx = 4.0 / dx, fsdy = 4.0 / dy;
  const double *restrict u = s->u, *restrict v = s->v, *restrict p = s->p;
  double *restrict cu = s->cu, *restrict cv = s->cv, *restrict z = s->z, *restrict h = s->h;
  for (int j = 0; j < s->ny; ++j) {
    for (int i = 0; i < s->nx; ++i) {
      AT(cu, j, i + 1) = 0.5 * (AT(p, j, i + 1) + AT(p, j, i)) * AT(u, j, i + 1);
      AT(cv, j + 1, i) = 0.5 * (AT(p, j + 1, i) + AT(p, j, i)) * AT(v, j + 1, i);
      AT(z, j + 1, i + 1) = (fsdx * (AT(v, j + 1, i + 1) - AT(v, j + 1, i)) - fsdy * (AT(u, j + 1, i + 1) - AT(u, j, i + 1))) /
                            (AT(p, j, i) + AT(p, j, i + 1) + AT(p, j + 1, i + 1) + AT(p, j + 1, i));
      AT(h, j, i) = AT(p, j, i) + 0.25 * (AT(u, j, i + 1) * AT(u, j, i + 1) + AT(u, j, i) * AT(u, j, i) +
                                          AT(v, j + 1, i) * AT(v, j + 1, i) + AT(v, j, i) * AT(v, j, i));
    }
  }
  wrap(cu, s, s->nx, 0, 0, s->ny);
  wrap(cv, s, 0, s->nx, s->ny, 0);
  wrap(z, s, s->nx, 0, s->ny, 0);
  wrap(h, s, 0, s->nx, 0, s->ny);
}

static void advance(const plane *s, double tdt) {
  size_t w = (size_t)s->width;
  const double dt8 = tdt / 8.0, dtdx = tdt / dx, dtdy = tdt / dy;
  const double *restrict cu = s->cu, *restrict cv = s->cv, *restrict z = s->z, *restrict h = s->h;
  const double *restrict uo = s->uo, *restrict vo = s->vo, *restrict po = s->po;
  double *restrict un = s->un, *restrict vn = s->vn, *restrict pn = s->pn;
  for (int j = 0; j < s->ny; ++j) {
    for (int i = 0; i < s->nx; ++i) {
      AT(un, j, i + 1) = AT(uo, j, i + 1) +
                         dt8 * (AT(z, j + 1, i + 1) + AT(z, j, i + 1)) *
                             (AT(cv, j + 1, i + 1) + AT(cv, j + 1, i) + AT(cv, j, i) + AT(cv, j, i + 1)) -
                         dtdx * (AT(h, j, i + 1) - AT(h, j, i));
      AT(vn, j + 1, i) = AT(vo, j + 1, i) -
                         dt8 * (AT(z, j + 1, i + 1) + AT(z, j + 1, i)) *
                             (AT(cu, j + 1, i + 1) + AT(cu, j + 1, i) + AT(cu, j, i) + AT(cu, j, i + 1)) -
                         dtdy * (AT(h, j + 1, i) - AT(h, j, i));
      AT(pn, j, i) = AT(po, j, i) - dtdx * (AT(cu, j, i + 1) - AT(cu, j, i)) - dtdy * (AT(cv, j + 1, i) - AT(cv, j, i));
    }
  }
  wrap(un, s, s->nx, 0, 0, s->ny);
  wrap(vn, s, 0, s->nx, s->ny, 0);
  wrap(pn, s, 0, s->nx, 0, s->ny);
}

// The filter, and the levels' change of places.
static void smooth(plane *s, int first) {
  size_t count = (size_t)(s->ny + 1) * (size_t)s->width;
  double *now[] = {s->u, s->v, s->p}, *next[] = {s->un, s->vn, s->pn}, *old[] = {s->uo, s->vo, s->po};
  for (int f = 0; f < 3; ++f) {
    const double *restrict x = now[f], *restrict n = next[f];
    double *restrict o = old[f];
    for (size_t i = 0; i < count; ++i) {
      o[i] = first ? x[i] : x[i] + alpha * (n[i] - 2.0 * x[i] + o[i]);
    }
  }
  s->u = next[0], s->v = next[1], s->p = next[2];
  s->un = now[0], s->vn = now[1], s->pn = now[2];
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int count, char **argument) {
  if (count < 4) {
    fprintf(stderr, "usage: shallow_water COLUMNS ROWS STEPS [WARM-UP STEPS]\n");
    return 2;
  }
  plane s = {.nx = atoi(argument[1]), .ny = atoi(argument[2])};
  long steps = atol(argument[3]), warm = count > 4 ? atol(argument[4]) : 0;
  s.width = s.nx + 1;
  double **fields[] = {&s.u, &s.v, &s.p, &s.un, &s.vn, &s.pn, &s.uo, &s.vo, &s.po, &s.cu, &s.cv, &s.z, &s.h};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; ++i) {
    *fields[i] = field(&s);
  }
  begin(&s);
  double start = seconds();
  for (long step = 0; step < warm + steps; ++step) {
    if (step == warm) {
      start = seconds();
    }
    diagnose(&s);
    advance(&s, step == 0 ? dt : 2 * dt);
    smooth(&s, step == 0);
  }
  printf("%ld steps, %.6f ms/step\n", steps, (seconds() - start) * 1e3 / (double)steps);
  size_t w = (size_t)s.width;
  for (int i = 0; i < (s.nx < s.ny ? s.nx : s.ny); i += 8) {
    printf("%d %.17g %.17g %.17g\n", i, AT(s.u, i, i), AT(s.v, i, i), AT(s.p, i, i));
  }
  return 0;
}
