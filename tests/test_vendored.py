"""Other people's files are exactly those on record."""

import hashlib
import json
import re
from pathlib import Path

import pytest

VENDOR = Path(__file__).parent.parent / "static" / "vendor"
RECORD = json.loads((VENDOR / "vendored.json").read_text())
RESULTS = {result["path"]: result for package in RECORD for result in package["results"]}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("path", RESULTS)
def test_file_has_the_recorded_sum(path):
    assert sha256((VENDOR / path).read_bytes()) == RESULTS[path]["sha256"]


def test_every_file_is_on_record():
    here = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert here - {"VENDORED.md", "vendored.json"} == set(RESULTS)


@pytest.mark.parametrize("path", [path for path in RESULTS if RESULTS[path]["how"] == "copied"])
def test_a_copy_is_its_source(path):
    assert list(RESULTS[path]["sources"].values()) == [RESULTS[path]["sha256"]]


def test_htmx_is_the_two_published_files_one_after_the_other():
    [script] = [path for path in RESULTS if path.startswith("htmx-")]
    parts = (VENDOR / script).read_bytes().splitlines()
    assert [sha256(part) for part in parts] == list(RESULTS[script]["sources"].values())


def test_the_sprite_holds_one_symbol_a_source():
    ids = re.findall(r'<symbol id="([^"]+)"', (VENDOR / "lucide.svg").read_text())
    assert [f"icons/{name}.svg" for name in ids] == list(RESULTS["lucide.svg"]["sources"])


def test_no_vendored_script_or_picture_calls_another_host():
    for path in ("lucide.svg", "htmx-4.0.1-sse.min.js"):
        found = re.findall(r"https?://[^\"'\s)]+", (VENDOR / path).read_text())
        assert set(found) <= {"http://www.w3.org/2000/svg"}, path
