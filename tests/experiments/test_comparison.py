def test_try(predictors):
    import pandas as pd
    from vitrion.experiments.comparison import compare

    pd.set_option("display.max_colwidth", 250, "display.width", 400)
    c = compare(["LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "Li6PS5Cl", "LiTaOCl4"], predictors=predictors)
    for name, row in c.table.iterrows():
        print(name)
        for f, w in row.items():
            print("   ", f, ":", w)
    assert 0
