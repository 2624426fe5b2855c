"""Serve any application as the shop is served: ``python -m benchmarks.serving TARGET PORT WORKERS``."""

import sys

from marketplace.cli.web import serve

if __name__ == "__main__":
    target, port, workers = sys.argv[1:]
    serve(target, "127.0.0.1", int(port), int(workers))
