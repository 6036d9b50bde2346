"""Model files: arrays and a card, which hold nothing that could run.

- `artifact`: A predictor as one file of arrays: written once, hashed, and made again only of what it should be made of.
- `container`: Arrays and a card in one file of the safetensors format.
- `contents`: What a predictor consists of, field by field: the one table by which it is written and read again.
- `codecs`: How the kinds of content become arrays and numbers, and come back checked.
- `fields`: A file on its way out and back in: arrays and numbers by name, and the sizes that go through all of it.
- `parameters`: Parameters of estimators as JSON, and estimators that are not fitted made of them again.
- `validation`: Whether a predictor made of a file can answer.
- `glass_former`: The same table for a predictor of glass formation, and whether one made of a file can answer.
"""
