"""Draws the ensemble mean and spread of u from the demo's fields: python3 ensemble_map.py STORE PICTURE [DAY]"""
import sys

import matplotlib
import xarray

matplotlib.use("Agg")
import matplotlib.pyplot as plt

store, picture, day = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 10
u = xarray.open_zarr(store).u.isel(time=0).sel(lead_time=f"{day}D")
u = u.assign_coords(longitude=(u.longitude + 180) % 360 - 180).sortby("longitude")
panels = [
    ("ensemble mean (m/s)", u.mean("ensemble"), "RdBu_r", dict(vmin=-15, vmax=15)),
    ("ensemble spread: standard deviation of 16 members (m/s)", u.std("ensemble", ddof=1), "cividis", dict(vmin=0)),
]
figure, rows = plt.subplots(2, 1, figsize=(8, 7.4), sharex=True, constrained_layout=True)
for axes, (title, field, colours, limits) in zip(rows, panels):
    mesh = axes.pcolormesh(field.longitude, field.latitude, field, cmap=colours, shading="nearest", **limits)
    figure.colorbar(mesh, ax=axes)
    axes.set(title=title, xticks=range(-180, 181, 60), ylabel="latitude (°N)", yticks=range(-90, 91, 30))
rows[1].set(xlabel="longitude (°E)")
figure.suptitle(f"Eastward wind u, barotropic model, day {day}")
figure.savefig(picture, dpi=100)
