"""How fast digest files become papers and a first post, as whole processes.

    python -m tests.benchmarks.ingest [DIGEST…] [--arxiv FILE.jsonl.gz] [--entries N] [--runs N]

Prints, each over several runs: seconds from the start of ``broadsheet run`` to its first post on the web page,
with the given digest files in ``digests/``; papers a second of ``broadsheet ingest`` on N entries of arXiv
metadata, start-up included; the largest resident memory of both. Of the digest files and the arXiv records only
copies in a temporary folder are read.
"""

import argparse
import gzip
import json
import os
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
OLD = 60
"""Seconds by which the copies are made older, as files that have been lying there."""


def first_post(digests: list[Path]) -> tuple[float, float]:
    """Seconds from process start to a first post on the web page, and the process's resident megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "digests").mkdir()
        for path in digests:
            copy = home / "digests" / path.name
            shutil.copy(path, copy)
            os.utime(copy, (time.time() - OLD,) * 2)
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=home,
            env=os.environ | {"PYTHONPATH": str(ROOT), "BROADSHEET_WEB_PORT": "0", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        try:
            found = re.search(r"http://[\d.:]+", process.stdout.readline())
            assert found
            while True:
                with urllib.request.urlopen(f"{found.group()}/", timeout=30) as answer:
                    if b"<article" in answer.read():
                        break
                time.sleep(0.1)
            seconds = time.perf_counter() - began
            status = Path(f"/proc/{process.pid}/status").read_text()
            resident = re.search(r"VmRSS:\s+(\d+)", status)
            assert resident
            return seconds, int(resident.group(1)) / 1024
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
            process.stdout.close()


def sustained(arxiv: Path, entries: int) -> tuple[float, float]:
    """Papers a second of one ``broadsheet ingest``, and the megabytes that it took at the most."""
    with tempfile.TemporaryDirectory() as folder:
        digest = Path(folder) / "arxiv.jsonl"
        with gzip.open(arxiv, "rt", encoding="utf-8") as records, digest.open("w", encoding="utf-8") as out:
            for record, _ in zip(records, range(entries), strict=False):
                out.write(record)
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "bot", "ingest", "--json", str(digest)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT), "BROADSHEET_MAX_DIGEST_MB": "1000"},
            stdout=subprocess.PIPE,
            check=True,
        )
        seconds = time.perf_counter() - began
        receipt = json.loads(done.stdout)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        return (receipt["new"] + receipt["seen"]) / seconds, peak


def told(name: str, unit: str, values: list[float]) -> str:
    """The median of several runs, and between what they lie."""
    return f"{name:<38}{statistics.median(values):10.2f} {unit:<10}({min(values):.2f} to {max(values):.2f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("digests", nargs="*", type=Path, default=sorted((SHARED / "digests").glob("*.txt")))
    parser.add_argument("--arxiv", type=Path, default=SHARED / "data" / "arxiv_12000.jsonl.gz")
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    posts = [first_post(options.digests) for _ in range(options.runs)]
    print(told("cold start to first post visible", "s", [seconds for seconds, _ in posts]))
    print(told("resident after it", "MB", [resident for _, resident in posts]))
    rates = [sustained(options.arxiv, options.entries) for _ in range(options.runs)]
    print(told(f"ingest of {options.entries:,} entries", "papers/s", [rate for rate, _ in rates]))
    print(told("largest resident of any", "MB", [peak for _, peak in rates]))


if __name__ == "__main__":
    main()
