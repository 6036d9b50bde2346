"""Economics of a composition: routes, prices of precursors, and safety of supply.

- `prices`: What precursors cost, and when: dated prices, and estimates for what has no price of its own.
- `syntheses`: Routes to a composition as a chemist would take them: what brings the oxygen, what leaves.
- `precursors`: What can be weighed in on a route: the precursors with a price that are of use for some elements.
- `words`: What is said of a route: its line, and what is missing where there is none.
- `route`: One route to one composition: what is weighed in, what leaves, what it costs, and how it is done.
- `cheapest`: The least cost of many compositions of the same elements.
- `least_cost`: Small linear programmes whose first basis is known, by the primal simplex method on a tableau.
- `routes`: Raw-material cost of a composition by the routes that a chemist would take.
- `table`: What compositions cost and how safe their supply is, as one table: route, by-products, estimates, HHI.
- `supply`: How safe the supply of a composition is: concentration of production and reserves.
"""
