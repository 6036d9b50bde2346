"""Builders of embedded tables and pages: run by hand.

- `sciglass`: The builder of `data/sciglass.parquet` from the tables that the glasspy 0.4.0 wheel carries.
- `glass_formation`: The builder of `data/glass_formation.parquet` from the glass-formation tables of SciGlass.
- `astray_papers`: The builder of `data/astray_papers.csv`: SciGlass papers that no other author bears out.
- `coverage`: What the embedded data cover, as figures and a table for the documentation.
- `bar_chart`: A bar chart as SVG text: a few lines of our own, so that the documentation needs no plotting package.
- `kinetics`: How conductivity follows temperature: Arrhenius and Vogel-Fulcher-Tammann laws.
- `cost_comparison`: What routes cost here beside what authors published, as a block of the page on costs.
"""
