"""Physics of salts: estimates that follow from the ions and need no training.

- `salts`: A composition as the binary salts of its ions: the energy that holds it together, its volume and density.
- `softness`: Between which ends the Young's modulus of a glass lies: what its bonds could carry.
- `oxidation_class`: Which anion of a composition is oxidised first, and against which metal its voltages are told.
- `oxidation_limit`: Up to which voltage an electrolyte is not oxidised: by its weakest anion.
"""
