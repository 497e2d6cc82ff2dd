"""A model hub on 127.0.0.1 that speaks Hugging Face's API: ROOT, whose ROOT/model is every repository's content.

    python hub_server.py ROOT [CERTIFICATE KEY]

Prints {"hub": PORT, "cdn": PORT} when it listens. Large files lie at the second port, as at a CDN. Each request
becomes a line of ROOT/requests.jsonl. A repository's name says how it behaves:

    team/model      as it should
    team/renamed    sends to team/model, by a relative redirect
    team/cached     sends to another path of its own for small files, with an answer that has a length and no hash
    team/gated      403, but for the token "good"; team/private: 401, likewise
    team/broken     the CDN drops every connection halfway through what is left, twice a file
    team/tampered   the CDN changes a byte
    team/slow       the CDN's first answer stops halfway and stays
    team/whole      the CDN knows no ranges, and drops the first connection
    team/longer     the CDN sends a byte too many; team/shorter: one too few
    team/expired    the CDN refuses the first link to a file
    team/busy       429 with Retry-After, twice; team/flaky: 503, twice; team/down: 503, always
    team/endless    sends to itself
    team/back       the CDN sends back to the hub
    team/escape     names a file outside; team/sneaky: one whose slashes have accents
    team/swapped    answers with another commit
    team/nohash     does not say a hash
    team/huge       says that a file has 2^60 bytes
    team/pytorch    without its safetensors
"""

import hashlib
import http.server
import json
import pathlib
import socket
import ssl
import sys
import threading
import urllib.parse

root = pathlib.Path(sys.argv[1])
content = root / "model"
commit = hashlib.sha1(b"commit").hexdigest()
names = {
    "model", "cached", "gated", "private", "broken", "tampered", "slow", "whole", "longer", "shorter", "expired", "busy", "flaky",
    "down", "endless", "back", "escape", "sneaky", "swapped", "nohash", "huge", "pytorch",
}
log = open(root / "requests.jsonl", "a", buffering=1)
log_lock = threading.Lock()
counts: dict[str, int] = {}


def files(repository: str) -> list[str]:
    found = sorted(str(path.relative_to(content)) for path in content.rglob("*") if path.is_file())
    skipped = ".safetensors" if repository == "pytorch" else ".bin"
    return [name for name in found if not name.endswith(skipped)]


def is_large(name: str) -> bool:
    return name.endswith((".safetensors", ".bin"))


def git_hash(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def happens(what: str, times: int) -> bool:
    """True the first so many times."""
    with log_lock:
        counts[what] = counts.get(what, 0) + 1
        return counts[what] <= times


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def note(self):
        line = {
            "port": "cdn" if self.server is cdn else "hub", "method": self.command, "path": self.path,
            "token": self.headers.get("Authorization"), "range": self.headers.get("Range"),
        }
        with log_lock:
            log.write(json.dumps(line) + "\n")

    def answer(self, status: int, body: bytes = b"", headers=(), length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status: int, code: str):
        self.answer(status, b'{"error": "no"}', [("X-Error-Code", code)])

    def send_on(self, target: str, headers=()):
        self.answer(307, b"moved\n", [*headers, ("Location", target)])

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        self.note()
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        try:
            if self.server is cdn:
                self.serve_content(path)
            elif path.startswith("/api/models/"):
                self.serve_listing(path.removeprefix("/api/models/"))
            elif path.startswith("/api/resolve-cache/"):
                self.serve_small((content / path.removeprefix("/api/resolve-cache/")).read_bytes())
            else:
                self.serve_file(path.removeprefix("/"))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def admits(self, repository: str) -> bool:
        owner, _, name = repository.partition("/")
        token = self.headers.get("Authorization")
        if name == "gated" and token != "Bearer good":
            self.refuse(403 if token else 401, "GatedRepo")
        elif name == "private" and token != "Bearer good":
            self.refuse(401, "RepoNotFound")
        elif owner != "team" or name not in names:
            self.refuse(404 if token else 401, "RepoNotFound")
        elif name == "busy" and happens("busy", 2):
            self.answer(429, headers=[("Retry-After", "1")])
        elif name == "down" or name == "flaky" and happens("flaky", 2):
            self.answer(503)
        elif name == "endless":
            self.send_on(self.path)
        else:
            return True
        return False

    def serve_tree(self, repository: str):
        entries = []
        for name in files(repository.split("/")[1]):
            data = (content / name).read_bytes()
            entry = {"type": "file", "path": name, "size": len(data), "oid": git_hash(data)}
            if is_large(name):
                entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
            entries.append(entry)
        self.answer(200, json.dumps(entries).encode(), [("Content-Type", "application/json")])

    def serve_listing(self, path: str):
        if "/tree/" in path:
            return self.serve_tree(path.partition("/tree/")[0])
        repository, _, revision = path.partition("/revision/")
        if repository == "team/renamed":
            return self.send_on(f"/api/models/team/model/revision/{revision}")
        if not self.admits(repository):
            return
        if revision not in ("main", "refs/pr/1", commit):
            return self.refuse(404, "RevisionNotFound")
        short = repository.split("/")[1]
        found = files(short) + {"escape": ["../../../evil"], "sneaky": ["../\u0301evil"]}.get(short, [])
        sha = commit[::-1] if short == "swapped" else commit
        siblings = [{"rfilename": name} for name in found]
        body = {"id": repository, "modelId": repository, "sha": sha, "siblings": siblings, "private": False, "tags": [], "downloads": 0}
        self.answer(200, json.dumps(body).encode(), [("Content-Type", "application/json")])

    def serve_file(self, path: str):
        repository, _, rest = path.partition("/resolve/")
        revision, _, name = rest.partition("/")
        if repository == "team/renamed":
            return self.send_on(f"/team/model/resolve/{rest}")
        if not self.admits(repository):
            return
        if revision not in ("main", commit):
            return self.refuse(404, "RevisionNotFound")
        short = repository.split("/")[1]
        if name not in files(short):
            return self.refuse(404, "EntryNotFound")
        data = (content / name).read_bytes()
        if short == "nohash":
            return self.answer(200, data)
        if not is_large(name):
            return self.send_on(f"/api/resolve-cache/{name}") if short == "cached" else self.serve_small(data)
        target = f"{scheme}://localhost:{cdn.server_address[1]}/{short}/{name}?signature=s3cret"
        size = 2**60 if short == "huge" else len(data)
        digest = hashlib.sha256(data).hexdigest()
        self.answer(302, headers=[
            ("X-Repo-Commit", commit), ("Location", target), ("X-Linked-Etag", f'"{digest}"'), ("X-Linked-Size", str(size))])

    def serve_small(self, data: bytes):
        self.send_range(data, [("X-Repo-Commit", commit), ("Accept-Ranges", "bytes"), ("ETag", f'"{git_hash(data)}"')])

    def serve_content(self, path: str):
        _, short, name = path.split("/", 2)
        data = (content / name).read_bytes()
        if short == "tampered":
            data = data[:-1] + bytes([data[-1] ^ 1])
        if short == "longer":
            data += b"!"
        if short == "shorter":
            data = data[:-1]
        if short == "expired" and happens(path, 1):
            return self.answer(403)
        if short == "back":
            hub_port = hub.server_address[1]
            return self.send_on(f"{scheme}://127.0.0.1:{hub_port}/api/resolve-cache/{name}")
        breaks = {"broken": 2, "slow": 1, "whole": 1}.get(short, 0)
        self.send_range(data, [], breaks=short if self.command == "GET" and happens(path, breaks) else None, ranges=short != "whole")

    def send_range(self, data: bytes, headers, breaks=None, ranges=True):
        start, wanted = 0, self.headers.get("Range") if ranges else None
        status = 200
        if wanted:
            start = int(wanted.removeprefix("bytes=").split("-")[0])
            if start >= len(data):
                return self.answer(416, headers=[("Content-Range", f"bytes */{len(data)}")])
            status = 206
            headers = headers + [("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")]
        body = data[start:]
        if breaks is None:
            return self.answer(status, body, headers)
        self.answer(status, body[: len(body) // 2], headers, length=len(body))
        self.wfile.flush()
        if breaks == "slow":
            print(json.dumps({"stalled": True}), flush=True)
            stalled.wait(120)
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def listen() -> http.server.ThreadingHTTPServer:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    return server


certificate = sys.argv[2:]
scheme = "https" if certificate else "http"
stalled = threading.Event()
hub, cdn = listen(), listen()
threading.Thread(target=cdn.serve_forever, daemon=True).start()
print(json.dumps({"hub": hub.server_address[1], "cdn": cdn.server_address[1]}), flush=True)
hub.serve_forever()
