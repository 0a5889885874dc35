"""Writes test/fixtures/hub-cache.json: the cache that huggingface_hub itself makes of a small model.

The files are served on the loopback with the hub's headers. Values are link targets, or the text of plain files:
    python test/oracles/hub_cache.py
"""

import hashlib
import http.server
import json
import os
import tempfile
import threading
from pathlib import Path

FIXTURES = Path(__file__).parent.parent / "fixtures"
SOURCE = FIXTURES / "models" / "llama-tied"
COMMIT = "c0ffee0000000000000000000000000000000001"
FILES = {path.name: path.read_bytes() for path in SOURCE.iterdir() if not path.name.startswith("expected")}


def etag(name: str) -> str:
    content = FILES[name]
    if name.endswith(".safetensors"):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class Hub(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.wfile.write(self.answer())

    def answer(self) -> bytes:
        name = self.path.split("?")[0].split("/")[-1]
        if "/api/" in self.path and "/tree/" in self.path:
            body = json.dumps([{"type": "file", "path": each, "size": len(FILES[each]), "oid": etag(each)} for each in FILES]).encode()
        elif "/api/" in self.path:
            siblings = [{"rfilename": each} for each in FILES]
            body = json.dumps({"id": "lab/tiny", "sha": COMMIT, "siblings": siblings}).encode()
        else:
            body = FILES[name]
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        if name in FILES:
            self.send_header("x-repo-commit", COMMIT)
            self.send_header("etag", f'"{etag(name)}"')
        self.end_headers()
        return body

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(HF_HOME=home, HF_ENDPOINT=f"http://127.0.0.1:{server.server_port}", HF_HUB_DISABLE_XET="1")
        from huggingface_hub import snapshot_download

        snapshot_download("lab/tiny")
        root = Path(home) / "hub" / "models--lab--tiny"
        tree = {}
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.is_symlink():
                tree[name] = os.readlink(path)
            elif name.startswith("refs/"):
                tree[name] = path.read_text()
            elif path.is_file() and name.startswith("blobs/"):
                tree[name] = None
        (FIXTURES / "hub-cache.json").write_text(json.dumps(tree, indent=1) + "\n")


main()
