"""Recipes of predictors: which data, descriptors and weights; rows that a rule estimates.

- `recipe`: Recipes: which data, descriptors and weights make a predictor; one TOML file each.
- `rows`: Rows that a predictor learns from: measured ones by their weights, and those that a rule estimates.
- `energies`: Activation energies that were measured with conductivities: stated by the paper, or the slope.
- `melting_rule`: Tg of halide salts that nobody has vitrified, estimated from where they melt.
- `oxyhalide_rule`: Conductivity of amorphous AMX2.5O0.75 that nobody has measured, from those that somebody has.
- `glass_formation`: The recipe of the predictor of glass formation, and the rows that it learns from.
- `modifier_rule`: Salts and oxides of large, weakly charged cations alone, which crystallise.
"""
