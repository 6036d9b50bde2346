"""Kinds of bad table: each ends with one clear message, with row numbers where a row is to blame."""

import datetime as dt
import gzip
import io
import re
import resource
import subprocess
import sys
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from vitrion.datasets.results.table import RowsError, from_frame, read_table
from vitrion.datasets.tables.grid import TableError, limit

HEAD = "formula,temperature_C,conductivity_mS_cm,phase\n"
GOOD = "LiAlCl2.5O0.75,25,1.4,glass\n"


def row(cells, head=HEAD):
    """Return a table with a good row 2 and the cells in row 3."""
    return head + GOOD + cells + "\n"


def tg(cells, unit="C"):
    return f"formula,tg_{unit}\nSiO2,{1200 if unit == 'C' else 1473}\n{cells}\n"


WHOLE = {
    "empty": ("", "is empty"),
    "blank lines": ("\n \n\r\n", "is empty|blank lines only"),
    "delimiters only": (",,,\n,,\n", "blank lines only"),
    "header only": (HEAD, "no rows"),
    "no header": ("LiAlCl4,25,1e-6\n1,2,3\n", "no column 'formula'.*first line looks like results"),
    "numbers as header": ("1,2,3\n4,5,6\n", "no header line"),
    "predictions": (
        "rank,formula,p_goal,tg_C,verdict,nearest\n1,LiAlCl4,0.5,20,inside,LiCl\n",
        "holds predictions of 'vitrion rank', not new measurements; give a table of your own results",
    ),
    "title": (
        "Results of March 2024\n" + HEAD + GOOD,
        "row 1 looks like a title; delete it, so that the column names in row 2 come first",
    ),
    "title above semicolons": ("Results\n" + (HEAD + GOOD).replace(",", ";"), "row 1 looks like a title; delete it"),
    "padded title": ("Results,,,\n" + HEAD + GOOD, "row 1 looks like a title; delete it"),
    "two lines of title": ("Results, spring\nmeasured by A,\n" + HEAD + GOOD, "rows 1 to 2 look like a title"),
    "HTML": ("<html><table><tr><td>formula</td></tr></table></html>", "is an HTML page, whatever its name says; open"),
    "XML": ('\ufeff<?xml version="1.0"?><Workbook/>', "is an XML document"),
    "JSON": ('[{"formula": "SiO2", "tg_C": 1200}]', "is a JSON document"),
    "lines of JSON": ('{"formula": "SiO2"}\n{"formula": "B2O3"}\n', "is a JSON document"),
    "no formula column": ("glass name,tg_C\nA,20\n", "no column 'formula'"),
    "no value column": ("formula,colour\nLiCl,white\n", "no measured values"),
    "no temperature column": ("formula,conductivity_S_cm\nLiAlCl4,1e-6\n", "without a temperature; add a column"),
    "temperature in a column name": (
        "formula,conductivity_25C_mS_cm\nLiAlCl4,1\n",
        "'25C_mS_cm' is not a unit.*temperature belongs into a column temperature_C",
    ),
    "no unit": ("formula,Tg\nLiAlCl4,20\n", "names no unit; call it 'tg_degC'"),
    "logarithm of another unit": (
        "formula,temperature_C,log conductivity (mS/cm)\nLiAlCl4,25,0\n",
        r"column 'log conductivity \(mS/cm\)': logarithms are read of conductivities in S/cm, not of mS/cm; convert",
    ),
    "unknown unit": ("formula,tg_F\nLiAlCl4,20\n", "'F' is not a unit of glass transition temperature"),
    "value without unit column": ("formula,quantity,value\nLiCl,tg,20\n", "none called 'unit'"),
    "misspelt column": ("formula,temprature_C,tg_C\nLiCl,25,20\n", "'temprature_C' is not known; if 'temperature_C'"),
    "duplicate headers": ("formula,tg_C,tg_C\nLiCl,20,21\n", "columns 2 and 3 are both called 'tg_C'"),
    "one quantity in two columns": ("formula,tg_C,tg_K\nLiCl,20,293\n", "both hold the tg"),
    "swapped columns": ("formula,tg_C\n20,SiO2\n30,B2O3\n", "the two are swapped"),
    "temperature and conductivity swapped": (
        "formula,temperature_C,conductivity_mS_cm\nLiAlCl4,1.5,25\nNaAlCl4,1.1,25\n",
        "all conductivities .* are 25, but the temperatures differ",
    ),
    "kelvin as degC": ("formula,tg_C\nLiAlCl2.5O0.75,256.35\nNaAlCl2.5O0.75,247.65\n", "look like kelvin"),
    "temperature in kelvin": (
        row("NaAlCl4,298.15,1,glass").replace(",25,", ",298.15,"),
        "column 'temperature_C'.*kelvin",
    ),
    "ragged row": (row("LiAlCl4,25,1,5,glass"), "row 3 has 5 cells under 4 column names"),
    "open quotation mark": (row('"LiAlCl4,25,1,glass'), "record that starts in row 3.*quotation mark"),
    "cell under no name": ("formula,tg_C,,x\nSiO2,1200,7,\n", "row 2 has '7' in column 3"),
    "latin-1": (
        row("LiAlCl4,25,1,glass")
        .replace("phase", "phase,note")
        .replace("1.4,glass", "1.4,glass,25 °C")
        .encode("latin-1"),
        "row 2 holds the byte 0xB0.*latin-1",
    ),
    "NUL bytes": ((HEAD + GOOD + "Li\0Cl,25,1,glass\n").encode(), "row 3 holds a NUL"),
    "a PDF": (b"%PDF-1.7 ...", "is a PDF"),
    "an image": (b"\x89PNG....", "is an image"),
    "old Excel": (b"\xd0\xcf\x11\xe0" + bytes(600), r"old Excel \(.xls\)"),
    "zip without workbook": (None, "zip archive without a workbook"),
    "broken workbook": (b"PK\x03\x04" + b"rubbish" * 50, "broken workbook"),
    "broken gzip": (gzip.compress(HEAD.encode() * 50)[:-12], "broken gzip"),
    "broken Parquet": (b"PAR1" + b"rubbish" * 50, "not a readable Parquet file"),
    "long cell": (row("LiAlCl4" + "O" * 5000 + ",25,1,glass"), "row 3, column 'formula' holds 5,007 characters"),
    "many columns": (
        "formula,tg_C," + ",".join(f"c{i}" for i in range(300)) + "\nSiO2,1200\n",
        "302 columns; at most 200",
    ),
    "many rows": ("formula,tg_C\n" + "SiO2,1200\n" * 100_001, "more than 100,000 rows"),
}

ROWS = {
    "text in a number": (row("LiAlCl4,25,about 1,glass"), "'about 1' is not a number"),
    "unit in the cell": (row("LiAlCl4,25,1.2 mS/cm,glass"), "'mS/cm' behind the number"),
    "comma of two meanings": (row('LiAlCl4,25,"1,200",glass'), "reads two ways; write 1200 if .*, 1.200 if decimals"),
    "commas between thousands": (row('LiAlCl4,25,"1,200.5",glass'), "commas between thousands; leave them out"),
    "decimal comma and a zero": (row('LiAlCl4,25,"0,200",glass'), "decimal comma; write 0.200"),
    "decimal comma": (row('LiAlCl4,25,"1,2",glass'), "decimal comma; write 1.2"),
    "dash for a minus": (row("LiAlCl4,—25,1,glass"), "dash for its minus sign; write -25"),
    "range": (row("LiAlCl4,25,1–2,glass"), "'1–2' is not a number"),
    "power of ten": (row("LiAlCl4,25,1.2 x 10^-3,glass"), "write 1.2e-3"),
    "upper limit": (row("LiAlCl4,25,<1e-5,glass"), "is a limit"),
    "uncertainty": (row("LiAlCl4,25,1.2±0.1,glass"), "holds an uncertainty"),
    "percent": (row("LiAlCl4,25,12%,glass"), "'%' behind the number"),
    "1e400": (row("LiAlCl4,25,1e400,glass"), "larger than any number"),
    "1e-400": (row("LiAlCl4,25,1e-400,glass"), "smaller than any number"),
    "NaN": (row("LiAlCl4,25,NaN,glass"), "'NaN' is not a value; an empty cell means not measured: leave the cell"),
    "not measured": (row("LiAlCl4,25,not measured,glass"), "an empty cell means not measured: leave the cell empty"),
    "lone dashes": (row("LiAlCl4,25,--,glass"), "an empty cell means not measured: leave the cell empty"),
    "infinity": (row("LiAlCl4,25,inf,glass"), "'inf' is not a value"),
    "empty value": (row("LiAlCl4,25,,glass"), "nothing was measured"),
    "Excel error": (row("LiAlCl4,25,#DIV/0!,glass"), "an error of Excel"),
    "number as date": (row("LiAlCl4,25,2023-03-02,glass"), "is a date, not a number"),
    "no temperature": (row("LiAlCl4,,1,glass"), "without a temperature"),
    "below zero kelvin": (row("LiAlCl4,-300,1,glass"), "no temperature of a measurement"),
    "formula as date": (row("2-Mar,25,1,glass"), "is a date: the spreadsheet changed the formula"),
    "formula as ISO date": (row("2023-03-02 00:00:00,25,1,glass"), "is a date: the spreadsheet"),
    "formula as number": (row("12.5,25,1,glass"), "is a number, not a formula"),
    "no formula": (row(",25,1,glass"), "there is no formula"),
    "spreadsheet formula": (row("=A2,25,1,glass"), "spreadsheet formula"),
    "unknown element": (row("LiXxCl4,25,1,glass"), "Xx|X at column 3"),
    "broken formula": (row("LiAlCl2..5,25,1,glass"), "second decimal point at column 9"),
    "total line": (row("Mean,25,1.3,"), "Mean"),
    "siemens as millisiemens": (
        row("LiAlCl4,25,1,glass").replace("1.4", "0.0014").replace("mS_cm", "S_cm").replace(",1,", ",1.2,"),
        "it looks like.*mS/cm",
    ),
    "log10 as S/cm": (row("LiAlCl4,25,-3,glass"), r"it looks like.*log10\(S/cm\)"),
    "logarithm without its sign": (
        "formula,temperature_C,log10_conductivity\nSiO2,25,-9\nLiTaCl4O,25,2.3\n",
        r"it looks like log10\(ohm cm\)",
    ),
    "Tg of no glass": ("formula,tg_C,outcome\nSiO2,1200,glass\nLiAlCl4,20,no glass\n", "but the row gives tg"),
    "Tg of a crystal": (
        "formula,tg_C,phase\nSiO2,1200,glass\nLiAlCl4,20,crystal\n",
        "a Tg of the phase crystal, which",
    ),
    "phase of no glass": ("formula,phase,outcome\nSiO2,,glass\nLiCl,glass,no\n", "gives the phase glass of one"),
    "resistivity as conductivity": (row("LiAlCl4,25,8e5,glass"), "it looks like.*ohm cm"),
    "one temperature in kelvin": (
        row("LiAlCl4,298,1,glass"),
        r"hotter than any chloride-rich glass.*kelvin \(24.85 degC\)",
    ),
    "degC as kelvin": (
        row("LiAlCl4,25,1,glass").replace("temperature_C", "temperature_K").replace("0.75,25,", "0.75,298,"),
        "measured at 25 K, which is -248.15 degC: it looks like degC; name the column temperature_C",
    ),
    "Tg in K as degC": (tg("LiAlCl2.5O0.75,530"), "no known chloride-rich glass.*it looks like K"),
    "Tg in degC as K": (tg("LiAlCl2.5O0.75,-17", "K"), "it looks like degC"),
    "kJ/mol as eV": ("formula,ea_eV\nSiO2,1\nLiAlCl4,32\n", "it looks like.*kJ/mol"),
    "unknown phase": (row("LiAlCl4,25,1,gas"), "'gas' is no phase"),
    "unknown outcome": ("formula,outcome\nSiO2,glass\nLiCl,exploded\n", "'exploded' is no outcome"),
    "bad year": ("formula,tg_C,year\nSiO2,1200,2020\nB2O3,260,20222\n", "'20222' is no year"),
    "bad DOI": ("formula,tg_C,doi\nSiO2,1200,\nB2O3,260,see paper\n", "is no DOI"),
    "bad correction": ("formula,tg_C,supersedes\nSiO2,1200,\nB2O3,260,first\n", "names no fact"),
    "unknown quantity": (
        "formula,quantity,value,unit\nSiO2,tg,1200,C\nB2O3,hardness,5,GPa\n",
        "'hardness' is no property",
    ),
    "unit of another quantity": ("formula,quantity,value,unit\nSiO2,tg,1200,C\nB2O3,tg,5,GPa\n", "'GPa' is not a unit"),
    "the same row twice": (row(GOOD.strip()), "says the same as row 2"),
    "the same row in other words": (row("AlLiO0.75Cl2.5,25,1.40,glass"), "says the same as row 2"),
}


def written(tmp_path, content):
    path = tmp_path / "results.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("kind", WHOLE)
def test_a_bad_file_is_one_clear_message(tmp_path, kind):
    content, message = WHOLE[kind]
    if content is None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("readme.txt", "hello")
        content = buffer.getvalue()
    with pytest.raises(TableError, match=message) as caught:
        read_table(written(tmp_path, content)).good(keep_good=True)
    assert str(caught.value).startswith("results.csv")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ROWS)
def test_a_bad_row_is_named_and_the_good_one_is_taken_only_when_asked(tmp_path, kind):
    content, message = ROWS[kind]
    reading = read_table(written(tmp_path, content))
    assert set(reading.problems["row"]) == {3}
    assert reading.problems["problem"].str.contains(message).all()
    with pytest.raises(
        RowsError, match=r"1 of 2 rows cannot be taken, so nothing was added.*--keep-good(.|\n)*row 3, "
    ):
        reading.good(keep_good=False)
    assert set(reading.good(keep_good=True)["row"]) == {2}


def test_keep_good_does_not_take_nothing(tmp_path):
    with pytest.raises(RowsError, match="1 of 1 row "):
        read_table(written(tmp_path, HEAD + "LiAlCl4,25,x,glass\n")).good(keep_good=True)


def test_a_gzip_bomb_of_two_gigabytes_is_refused_in_little_memory(tmp_path):
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(HEAD.encode()) + gzip.compress(b"0" * (1 << 24)) * 128)  # members follow each other
    assert path.stat().st_size < 3e6
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))\n"
        "from pathlib import Path; from vitrion.datasets.results.table import read_table\n"
        "try: read_table(Path(sys.argv[1]))\n"
        "except ValueError as error: print(error)\n"
        "print(*[line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')])"
    )
    out = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True).stdout
    message, kilobytes = out.strip().splitlines()
    assert message == "bomb.csv.gz holds more than 64 MiB of data; split it into smaller files"
    assert int(kilobytes) < 512 << 10  # the peak of the process itself; ru_maxrss counts its parent


def test_a_workbook_bomb_is_refused_by_its_size(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (limit("bytes") + 1))
    with pytest.raises(TableError, match="more than 64 MiB"):
        read_table(path)


def test_a_parquet_bomb_is_refused_before_it_unfolds(tmp_path):
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 90_000, pa.int32()), pa.array(["x" * 900]))
    pq.write_table(pa.table({"formula": texts.cast(pa.string())}), tmp_path / "bomb.parquet")
    assert (tmp_path / "bomb.parquet").stat().st_size < 1e5
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TableError, match="more than 64 MiB"):
        read_table(tmp_path / "bomb.parquet")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


@pytest.mark.parametrize(
    "columns,message",
    [({"formula": ["LiCl"], "tg_C": [[1.0]]}, "of type list"), ({"formula": ["LiCl"] * 100_001}, "more than 100,000")],
)
def test_parquet_of_the_wrong_shape(tmp_path, columns, message):
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    with pytest.raises(TableError, match=message):
        read_table(tmp_path / "t.parquet")


def workbook(tmp_path, *rows, **sheets):
    book = openpyxl.Workbook()
    for line in rows:
        book.active.append(line)
    for title, lines in sheets.items():
        for line in lines:
            (book[title] if title in book.sheetnames else book.create_sheet(title)).append(line)
    path = tmp_path / "results.xlsx"
    book.save(path)
    return path, book


def test_merged_cells(tmp_path):
    path, book = workbook(tmp_path, ["formula", "tg_C"], ["SiO2", 1200], [None, 1190])
    book.active.merge_cells("A2:A3")
    book.save(path)
    with pytest.raises(TableError, match="cells A2:A3 of sheet 'Sheet' are merged; unmerge them"):
        read_table(path)


@pytest.mark.parametrize("shape", ["<v></v>", "<v/>", ""])
def test_a_formula_that_was_never_calculated(tmp_path, shape):
    path, _ = workbook(tmp_path, ["formula", "temperature_C", "conductivity_mS_cm", "tg_C"], ["NaCl", 25, "=14/10", 20])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    cell = re.search(rb'(<c r="C2"[^>]*><f>14/10</f>)(.*?)(</c>)', parts["xl/worksheets/sheet1.xml"])

    def rewritten(content):
        sheet = parts["xl/worksheets/sheet1.xml"].replace(cell[0], content)
        with zipfile.ZipFile(path, "w") as archive:
            for name, part in parts.items():
                archive.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else part)
        return path

    message = r"results.xlsx: cell C2 holds a formula without a stored result; open and save it in Excel, or paste"
    with pytest.raises(TableError, match=message):
        read_table(rewritten(cell[1] + shape.encode() + cell[3]))
    solved = read_table(rewritten(cell[1] + b"<v>1.4</v>" + cell[3]))
    assert solved.facts["given"].tolist() == [1.4, 20.0]
    empty = read_table(rewritten(b'<c r="C2" t="str"><f>IF(TRUE,"",1)</f><v></v></c>'))
    assert empty.facts["given"].tolist() == [20.0]


def test_excel_dates_in_both_columns(tmp_path):
    day = dt.datetime(2023, 3, 2)
    path, _ = workbook(tmp_path, ["formula", "tg_C"], ["SiO2", 1200], [day, 20], ["B2O3", day])
    problems = read_table(path).problems.to_numpy().tolist()
    assert [(line, column) for line, column, _ in problems] == [(3, "formula"), (4, "tg_C")]
    assert all("2023-03-02" in text and "is a date" in text for _, _, text in problems)


def test_a_title_above_the_header_of_a_sheet(tmp_path):
    path, _ = workbook(tmp_path, ["Results"], [], ["formula", "tg_C"], ["SiO2", 1200])
    with pytest.raises(
        TableError, match="rows 1 to 2 look like a title; delete them, so that the column names in row 3"
    ):
        read_table(path)


def test_several_sheets_ask_which(tmp_path):
    path, _ = workbook(tmp_path, ["formula", "tg_C"], ["SiO2", 1200], Other=[["formula", "tg_C"], ["B2O3", 260]])
    with pytest.raises(TableError, match=r"2 sheets with data \(Sheet, Other\); name one with --sheet"):
        read_table(path)
    assert read_table(path, sheet="Other").facts["formula"].tolist() == ["B2O3"]
    with pytest.raises(TableError, match="no sheet 'Third'; it has Sheet, Other"):
        read_table(path, sheet="Third")


@pytest.mark.parametrize("path", ["none.csv", ".", "/dev/null"])
def test_what_is_not_a_file(tmp_path, path):
    with pytest.raises(TableError, match=r"is not there|is a folder|is no file"):
        read_table(tmp_path / path)


def test_an_empty_frame():
    import pandas as pd

    with pytest.raises(TableError, match="is empty"):
        from_frame(pd.DataFrame({"formula": []}))
