"""Run notebooks one after the other as plain Python, with predictors that train in a moment, and tell how each ended.

`python quick_notebooks.py OUT.json NOTEBOOK.py ...`; pictures are drawn and not shown, and no Chromium is started.
"""

import io
import json
import os
import runpy
import sys
import time
import traceback
from contextlib import redirect_stdout
from pathlib import Path

from vitrion.experiments.plots import export
from vitrion.features.elements import SYMBOLS
from vitrion.models.blend import BlendedRegressor
from vitrion.models.committee import Committee
from vitrion.models.design.conditions import NAMES
from vitrion.models.predictor import Predictor
from vitrion.models.process import FamilyProcess


def quick(predictor):
    ensemble = Committee(n_iterations=5, n_trees=8, n_networks=0, roots=len(SYMBOLS))
    return BlendedRegressor(len(NAMES) if predictor.conditions else 0, ensemble, FamilyProcess(n_steps=12))


def main():
    out, *notebooks = sys.argv[1:]
    Predictor._regressor = quick
    drawn = []
    export._drawn = lambda figure, form, scale: drawn.append(export._page(figure, form, scale)) or "data:image/svg+xml,"
    pictures = []
    shown = export.Picture.__init__
    export.Picture.__init__ = lambda self, figure, scale=1.5: (
        shown(self, figure, scale),
        pictures.append(figure.to_json()),
    )[0]
    home, told = os.environ["VITRION_HOME"], {}
    for notebook in notebooks:
        os.environ["VITRION_HOME"] = home
        pictures.clear()
        error, began = "", time.process_time()
        try:
            with redirect_stdout(io.StringIO()):
                runpy.run_path(notebook, run_name="__main__")
        except Exception:
            error = traceback.format_exc()
        told[Path(notebook).stem] = {
            "error": error,
            "pictures": len(pictures),
            "seconds": round(time.process_time() - began, 1),
        }
    Path(out).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main()
