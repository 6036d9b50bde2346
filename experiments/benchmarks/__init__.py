"""Benchmarks of the models, and of the choice of their recipes.

- `bench`: The benchmark of the models: every split by every model, the series never seen, speed; printed.
- `results`: What a run of the benchmark found.
- `goals`: What the models must reach, and what a run of the benchmark found.
- `figures`: The figures of the benchmark page: parity, reliability and oxychloride series, as SVG text.
- `report`: The page of the benchmark: goals, splits by models, series, calibration, and how it was made.
- `glass_bench`: The bench of glass formation: sets of elements or systems held out, beside baselines.
- `glass_report`: The page of the bench of glass formation.
- `glass_figures`: Its figures: reliability, and known systems against what was predicted, as SVG.
- `recipe_search`: Nested search of the recipes.
"""
