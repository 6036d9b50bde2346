"""The page on costs says what is computed, and what it says of the differences holds."""

from pathlib import Path

from vitrion.datasets.cost_comparison import comparison, published, rewritten

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "cost.md"


def test_the_page_is_current():
    text = PAGE.read_text(encoding="utf-8")
    assert rewritten(text) == text, "run 'python -m vitrion.datasets.cost_comparison docs/explanation/cost.md'"
    assert rewritten(text).count("| LiAlCl2.5O0.75 |") == 1


def test_the_order_of_the_authors_holds_and_the_reasons_do():
    table = comparison().set_index("formula")
    naco, laco, argyrodite = ("NaAlCl2.5O0.75", "LiAlCl2.5O0.75", "Li6PS5Cl")
    assert set(published()["usd_per_kg"]) >= {1.95, 6.85, 11.6, 45.96, 319}
    assert table.loc[naco, "ours"] < table.loc[laco, "ours"] < table.loc[argyrodite, "ours"] / 5
    assert abs(table.loc[laco, "ours_2021"] / table.loc[laco, "published"] - 1) < 0.15
    assert table.loc[naco, "price_to_agree"] < 0.3 * table.loc[laco, "price_to_agree"]
    assert (
        table.loc["Li2.7Al0.7Zr0.3Cl3.3O1.35", "price_to_agree"] > 5 * table.loc["Li2.7Al0.7Zr0.3Cl3.3O1.35", "price"]
    )
    assert 0.9 < table.loc["Li1.75ZrCl4.75O0.5", "price_to_agree"] / table.loc["Li1.75ZrCl4.75O0.5", "price"] < 1.5
