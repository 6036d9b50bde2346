"""The task: a goal, the candidates, what came of earlier melts, and how all this is judged.

- `goal`: What a good electrolyte is: the limits that a ranking asks about.
- `limits`: The numbers that a goal names as its own fields, each in its range and unit.
- `judgement`: How predictions are judged: limits on properties, the chance to meet all, by how much.
- `candidates`: Candidates as they are given: a list of anything, of which some cannot be read.
- `outcomes`: What came of earlier melts: values of each property, and syntheses that failed.
- `own_results`: The laboratory's own results as arrays, read once for each state of its store: what stands.
- `acquisitions`: The acquisitions: what makes a melt worth its while, one entry each; all doors offer them from here.
- `acquisition`: What a melt of each candidate is worth: pure functions of beliefs.
"""
