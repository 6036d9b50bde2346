"""Writes to a campaign, then to the lab's data, then to the jobs, on and on; says how often."""

import sys
import warnings

import pandas as pd
from vitrion.datasets import lab
from vitrion.experiments.campaigns.campaign import Campaign
from vitrion.serve.settings import Settings
from vitrion.serve.storage.store import Job, Store, now

warnings.simplefilter("ignore")
campaign = Campaign.new("laco", "LiAlCl{4-2x}O{x}", x="0:1.5:0.05")
kept = Store(Settings.of_environment().store_url)
for number in range(1, 10_000):
    campaign.record("LiAlCl2.5O0.75", tg_C=-17 + number * 1e-3, sample=f"s{number}")
    lab.add(pd.DataFrame({"formula": ["LiAlCl2.5O0.75"], "tg_C": [-17 + number * 1e-3], "sample": [f"s{number}"]}))
    kept.add(Job(f"{number:020x}", "rank", f"s{number}", {}, now()))
    print(number, flush=True)
sys.exit(1)
