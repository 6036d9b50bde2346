# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Calling the service
#
# `vitrion serve` answers over HTTP, for a group that shares one machine with the models. Here the service is started on this
# machine, asked, and stopped again. In the lab you would only write `vitrion.Client("http://the-machine:8000")`.

# %%
import atexit
import socket
import subprocess
import sys

import pandas as pd
import vitrion
from vitrion import plots

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]

server = subprocess.Popen(
    [sys.executable, "-m", "vitrion", "serve", "--port", str(port)],
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
)
atexit.register(server.terminate)  # also if a cell fails
client = vitrion.Client(f"http://127.0.0.1:{port}", patience_s=120)  # asks again until the service is ready
client.models.list()[["property", "version", "standing"]]

# %% [markdown]
# The same verbs as in Python, and the same tables. `attrs["models"]` tells which versions answered.

# %%
ranking = client.rank(["LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "LiTaCl4O", "0.5Li2O-TaCl5", "LiAlCl2..5"])
print(ranking.attrs["models"])
ranking[["rank", "formula", "p_goal", "conductivity_S_cm", "tg_C", "verdict", "error"]]

# %%
family = client.sweep("NaAlCl{4-2x}O{x}", x="0:1.5:0.1")
plots.picture(plots.sweep_lines(family, ["x"]))

# %% [markdown]
# A campaign that all in the lab see:

# %%
campaign = client.campaigns.new(f"shared-{port}", "NaAlCl{4-2x}O{x}", x="0:1.5:0.05", batch=3)
campaign.propose()[["formula", "p_goal", "conductivity_S_cm", "tg_C"]]

# %%
campaign.record("NaAlCl2.5O0.75", conductivity_S_cm=1.33e-3, tg_C=-25.5)
campaign.propose()[["formula", "p_goal", "conductivity_S_cm", "tg_C"]]

# %% [markdown]
# Without Python, it is JSON over HTTP; `/api/v1/openapi.json` describes all of it.

# %%
import json
import urllib.request

asked = urllib.request.Request(
    f"http://127.0.0.1:{port}/api/v1/rank",
    json.dumps({"candidates": ["LiAlCl2.5O0.75"]}).encode(),
    {"Content-Type": "application/json"},
)
with urllib.request.urlopen(asked) as answer:
    row = json.load(answer)["rows"][0]
pd.Series(row)[["formula", "p_goal", "conductivity_S_cm", "tg_C", "verdict"]].to_frame("answer")

# %%
server.terminate()
code = server.wait(timeout=60)
