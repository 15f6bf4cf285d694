"""The server in each image of test/containers, which says which image it is: that of a wrong service or version is seen.

`server.py serve`: answers over HTTP until SIGTERM, then ends what it is at · `server.py keep FOLDER`: serves documents out of a folder that one
process at a time may write, as search engines do · `server.py migrate`: what runs before a deployment · `server.py tidy`: what runs on a schedule ·
`server.py endure`: does not end by itself.
"""
import fcntl
import json
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SERVICE, VERSION = os.environ["IMAGE_SERVICE"], os.environ["IMAGE_VERSION"]
FAULTS = os.environ.get("IMAGE_FAULTS", "").split()


def say(*words):
    print(f"{time.time():.3f}", SERVICE, VERSION, *words, flush=True)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder = None

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/version/" and "unhealthy" in FAULTS:
            return self.answer(500, {"error": "not ready"})
        if path == "/probe":
            return self.answer(200, probe())
        if self.folder and path.startswith("/documents/"):
            return self.answer(200, {"document": read(self.document(path))})
        if path == "/slow":
            time.sleep(2)
        self.answer(200, {"service": SERVICE, "version": VERSION, "path": self.path, "headers": {name.lower(): value for name, value in self.headers.items()}})

    def do_PUT(self):
        with open(self.document(self.path), "wb") as file:
            file.write(self.rfile.read(int(self.headers["content-length"])))
        self.answer(200, {})

    def document(self, path):
        return os.path.join(self.folder, os.path.basename(path))

    def answer(self, status, value):
        body = json.dumps({"service": SERVICE, "version": VERSION, **value}).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def read(file):
    try:
        with open(file) as opened:
            return opened.read()
    except FileNotFoundError:
        return None


def probe():
    """What the kernel lets this process do."""
    with open("/proc/self/status") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    with open("/proc/1/comm") as file:
        first = file.read().strip()
    with open("/proc/mounts") as file:
        mounts = {fields[1]: fields[2] for fields in (line.split() for line in file)}
    return {
        "user": os.getuid(), "group": os.getgid(), "folder": os.getcwd(), "capabilities": status["CapEff"], "firstProcess": first,
        "writable": {path: is_writable(path) for path in ("/", "/etc", "/tmp", "/scratch")},
        "kinds": {path: mounts.get(path) for path in ("/tmp", "/scratch")},
        "settings": {name: value for name, value in os.environ.items() if name.startswith(("SETTING_", "SECRET_"))},
    }


def is_writable(path):
    try:
        file = os.path.join(path, f"probe-{os.getpid()}")
        with open(file, "w") as opened:
            opened.write("x")
        os.remove(file)
        return "yes"
    except OSError as error:
        return os.strerror(error.errno)


def serve(folder=None):
    if "crashing" in FAULTS:
        say("cannot start")
        sys.exit(1)  # the image that crashes at its start: the deployment has to fail
    Handler.folder = folder
    server = ThreadingHTTPServer(("0.0.0.0", int(os.environ.get("PORT", "8080"))), Handler)
    server.daemon_threads = False

    def drain(*_):
        say("draining")
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, drain)
    say("listening")
    server.serve_forever()
    server.server_close()
    say("drained")


def keep(folder):
    lock = open(os.path.join(folder, "lock"), "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("failed to obtain the lock: another one writes")
        sys.exit(1)  # a second writer must end; a test counts the writers
    say("has the lock")
    serve(folder)


def migrate():
    say("migration begins")
    time.sleep(float(os.environ.get("MIGRATION_SECONDS", "1")))
    if "failing" in FAULTS:
        say("cannot connect to postgresql://app:hunter2@database.internal/app: relation \"users\" is locked")
        sys.exit(7)  # the task that fails: a test looks for this exit code in the error of the deployment
    say("migration ends")


def tidy():
    say("tidies with", os.environ.get("SETTING_PLAIN"), "as", os.getuid(), "and writes", is_writable("/"))


def endure():
    signal.signal(signal.SIGTERM, lambda *_: say("asked to end"))
    say("listening")
    while True:
        time.sleep(0.2)
        say("is still there")


{"serve": serve, "keep": keep, "migrate": migrate, "tidy": tidy, "endure": endure}[sys.argv[1]](*sys.argv[2:])
