"""`vitrion serve` under watch: python tests/bench/audited_server.py LOG PORT

Writes a line of JSON for everything that a server must not do: unpickle, import MLflow, connect to other machines,
open files outside of its home, of Python and of the folder for temporary files, start a program but our own.
Trainings are replaced by a command that ends at once. The processes that read lists for the server are watched too,
for the files and lines that they open (LOG worker).
"""

import contextlib
import json
import os
import pickle
import socket
import sys
import sysconfig
import tempfile
import traceback
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOG = Path(sys.argv[1]).absolute()
HOME = Path(os.environ["VITRION_HOME"]).absolute()
OURS = (str(HOME), tempfile.gettempdir(), str(ROOT), "/dev/", "/proc/", "/sys/")
READABLE = (
    *(*OURS, sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), *(part for part in sys.path if part)),
    *("/usr/", "/lib", "/etc/ld.so", "/etc/localtime", "/etc/mime.types", "/etc/apache2/mime.types", "/etc/httpd/"),
    *("/etc/host", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/ssl/", "/etc/timezone"),
    *("/etc/os-release", "/etc/debian_version", "/etc/lsb-release", "/etc/matplotlibrc"),
)
WORKER = sys.argv[2] == "worker"
handle = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def note(what, *told):
    line = {"what": what, "told": [str(one)[:200] for one in told], "where": traceback.format_stack(limit=12)[:-2]}
    os.write(handle, (json.dumps(line) + "\n").encode())


def opened(path, mode, flags):
    if not isinstance(path, str | bytes | os.PathLike):
        return
    name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - as the kernel takes it
    writes = (isinstance(mode, str) and any(mark in mode for mark in "wax+")) or bool(
        isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    )
    if not name.startswith(OURS if writes else READABLE):
        note("wrote" if writes else "read", name)


def connected(address):
    here = isinstance(address, str | bytes) or (address and str(address[0]) in ("127.0.0.1", "::1", "localhost"))
    if not here:
        note("connected", address)


def hook(event, told):
    """Note what should not be; ``file -b`` is how Python's own `platform` looks at its interpreter."""
    if event == "open":
        opened(*told)
    elif event == "pickle.find_class":
        if not WORKER:
            note("unpickled", *told)
    elif event in ("socket.connect", "socket.sendto"):
        connected(told[1])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname") and told[0] not in ("127.0.0.1", "localhost", None):
        note("resolved", told[0])
    elif event == "import" and not WORKER and str(told[0]).partition(".")[0] == "mlflow":
        note("imported", told[0])
    elif event == "subprocess.Popen" and told[0] != sys.executable and list(told[1])[:2] != ["file", "-b"]:
        note("started", told[0], told[1])
    elif event in ("os.system", "os.exec", "os.posix_spawn", "ctypes.dlopen/foreign", "urllib.Request"):
        note(event, *told)


def watched(module, name):
    usual = getattr(module, name, None)
    if usual is None:
        return

    def call(*told, **named):
        note("called", f"{module.__name__}.{name}")
        return usual(*told, **named)

    setattr(module, name, call)


def work():
    """Be the process that reads lists for the server."""
    run = import_module("vitrion.serve.workers.worker").main
    sys.addaudithook(hook)
    run()


def main():
    for name in ("load", "loads", "_load", "_loads"):
        watched(pickle, name)
    watched(pickle._Unpickler, "load")
    sys.addaudithook(hook)
    port = sys.argv[2]
    crew = import_module("vitrion.serve.workers.subprocesses")
    crew.COMMAND = ("-c", "print('not trained: this is a test')")
    crew.WORKER = (__file__, str(LOG), "worker")
    joblib = import_module("joblib")
    watched(joblib, "load")
    watched(joblib.numpy_pickle, "load")
    with contextlib.suppress(ImportError):
        cloudpickle = import_module("cloudpickle")
        watched(cloudpickle, "load")
        watched(cloudpickle, "loads")
    socket.setdefaulttimeout(None)
    run = import_module("vitrion.serve.cli").main
    sys.argv = ["vitrion", "serve", "--port", port]
    run()


if __name__ == "__main__":
    work() if WORKER else main()
