"""Synthesis of a sample: the batch sheet by which it is weighed, made, and its results are brought back.

- `recipe`: The recipe of compositions: the batch sheet by which samples are weighed and made.
- `batch_sheet`: The batch sheet of one or several samples, as a table, a page, CSV and JSON.
- `sample`: How one sample is weighed and made.
- `page`: The batch sheet as a page that prints on A4.
- `choice`: The route of a sample: by name, by its source of oxygen, or by what the laboratory owns.
- `weighing`: What is weighed in for a sample, what leaves of it, and whether the target is met.
- `conditions`: What a route asks of temperature, vessel, gas and hands.
- `stock`: The bottles of a laboratory: purity, lot, last drying, price.
- `refusals`: Why there is no batch sheet, and what would be right.
"""
