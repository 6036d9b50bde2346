"""Whatever is in a file, the answer is a reading or one `TableError`."""

import io

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vitrion.datasets.results.table import understand
from vitrion.datasets.tables.grid import TableError
from vitrion.datasets.tables.reader import parse

CELLS = st.one_of(
    st.sampled_from(
        ["LiAlCl4", "25", "1e-3", "-16", "glass", "", "NaN", "1e400", "2-Mar", '"', "=A1", "#REF!", "25 °C", "L1"]
    ),
    st.text(max_size=8),
)
HEADERS = st.sampled_from(
    [
        *("formula", "tg_C", "Tg (K)", "temperature_C", "conductivity_S_cm", "log10_conductivity", "phase", "outcome"),
        *("quantity", "value", "unit", "supersedes", "year", "doi", "confidence", "sample", "note", "colour"),
    ]
)
KINDLY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def answered(data):
    try:
        reading = understand(parse(data, "t"))
    except TableError as error:
        return str(error).startswith("t")
    apart = set(reading.facts["row"]).isdisjoint(reading.problems["row"])
    return apart and len(reading.facts) + len(reading.problems) > 0


@KINDLY
@given(st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", b"PAR1", b"\xff\xfe", b"formula,tg_C\n"]))
def test_any_bytes(content, start):
    assert answered(start + content)


@KINDLY
@given(st.lists(HEADERS, min_size=1, max_size=7), st.lists(st.lists(CELLS, min_size=1, max_size=8), max_size=5))
def test_any_cells(header, rows):
    assert answered("\n".join([",".join(header), *(",".join(row) for row in rows)]).encode("utf-8", errors="replace"))


@KINDLY
@given(
    st.lists(HEADERS, min_size=1, max_size=5, unique=True),
    st.lists(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.text(max_size=5)),
        min_size=1,
        max_size=4,
    ),
)
def test_any_values_in_a_workbook(header, values):
    frame = pd.DataFrame({name: [value] * 2 for name, value in zip(header, values, strict=False)})
    buffer = io.BytesIO()
    try:
        frame.to_excel(buffer, index=False)
    except Exception:  # what a workbook cannot hold is not our concern
        return
    assert answered(buffer.getvalue())
