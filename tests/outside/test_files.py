"""Files on the disk and in a bucket behave alike."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from launchpad.outside import files as kept
from launchpad.outside.bucket import Bucket

KEY = "0123456789abcdef-480.webp"


@pytest.fixture(scope="module")
def bucket_url():
    """A real S3 server of the tests' own, with a bucket."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "tests")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "tests")
        url = f"s3://photos/launch?endpoint=http://{host}:{port}"
        Bucket.at(url).client.create_bucket(Bucket="photos")
        yield url
    server.stop()


@pytest.fixture(params=["disk", "bucket"])
def files(request, tmp_path):
    if request.param == "disk":
        return kept.of("file:", tmp_path)
    return kept.of(request.getfixturevalue("bucket_url"), tmp_path)


def test_what_is_kept_is_read_back_until_it_is_dropped(files):
    assert not files.exists(KEY)
    files.keep(KEY, b"one", "image/webp")
    assert files.exists(KEY) and files.read(KEY) == b"one"
    files.keep(KEY, b"another", "image/webp")
    assert files.read(KEY) == b"another"
    files.drop(KEY)
    files.drop(KEY)
    assert not files.exists(KEY)
    with pytest.raises(kept.Missing):
        files.read(KEY)


def test_every_file_is_listed_with_its_moment(files):
    files.keep(KEY, b"one", "image/webp")
    ((name, moment),) = list(files.every())
    assert name == KEY and abs(datetime.now(UTC) - moment) < timedelta(minutes=5)
    files.drop(KEY)
    assert list(files.every()) == []


@pytest.mark.parametrize(
    "key", ["", "../secret_key", "a/b.webp", ".hidden", "A.webp", "a.webp\n", "a", "x" * 200 + ".webp", "a\0.webp"]
)
def test_a_name_that_is_not_ours_is_never_followed(files, key):
    for act in (files.read, files.drop, files.exists, lambda k: files.keep(k, b"", "image/webp")):
        with pytest.raises(ValueError):
            act(key)


def test_a_link_in_the_folder_is_no_file_of_ours(tmp_path):
    files = kept.of("file:", tmp_path)
    files.keep(KEY, b"one", "image/webp")
    secret = tmp_path / "secret_key"
    secret.write_text("secret")
    os.symlink(secret, files.folder / "link-480.webp")
    assert not files.exists("link-480.webp")
    with pytest.raises(kept.Missing):
        files.read("link-480.webp")
    files.keep("link-480.webp", b"ours", "image/webp")
    assert secret.read_text() == "secret", "it was replaced, not followed"


def test_a_write_that_fails_leaves_nothing(tmp_path, monkeypatch):
    files = kept.of("file:", tmp_path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError):
        files.keep(KEY, b"one", "image/webp")
    assert list(files.folder.iterdir()) == []


def test_a_bucket_that_is_away_is_an_oserror(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "tests")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    files = kept.of("s3://photos?endpoint=http://127.0.0.1:9", tmp_path)
    for act in (files.read, files.exists, lambda k: files.keep(k, b"", "image/webp")):
        with pytest.raises(OSError):
            act(KEY)


def test_the_setting_chooses_the_place(tmp_path):
    assert kept.of("file:", tmp_path).folder == tmp_path / "uploads"
    assert kept.of(f"file://{tmp_path}/elsewhere", tmp_path).folder == tmp_path / "elsewhere"
    bucket = kept.of("s3://photos/a/b?endpoint=http://127.0.0.1:9&region=eu-west-1", tmp_path)
    assert (bucket.name, bucket.folder) == ("photos", "a/b/")
