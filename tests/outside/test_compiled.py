"""What Jinja compiled is kept for the next process, as long as the template is the same; without room it is made anew."""

import errno
import tempfile

import pytest
from jinja2 import Environment, FileSystemLoader

from launchpad.outside.compiled import Compiled


@pytest.fixture
def process(tmp_path):
    """Begin a process of its own; `compiled` says how many templates it had to compile."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "hello.html").write_text("Hello {{ name }}")

    class Process(Environment):
        compiled = 0

        def compile(self, *args, **kwargs):
            self.compiled += 1
            return super().compile(*args, **kwargs)

    return lambda: Process(loader=FileSystemLoader(tmp_path / "pages"), bytecode_cache=Compiled(tmp_path / "kept"))


def shows(environment) -> str:
    return environment.get_template("hello.html").render(name="Ana")


def test_the_next_process_finds_what_the_first_one_compiled(process):
    first, second = process(), process()
    assert (shows(first), first.compiled) == ("Hello Ana", 1)
    assert (shows(second), second.compiled) == ("Hello Ana", 0)


def test_a_template_that_was_changed_is_compiled_anew(process, tmp_path):
    shows(process())
    (tmp_path / "pages" / "hello.html").write_text("Good morning {{ name }}")
    later = process()
    assert (shows(later), later.compiled) == ("Good morning Ana", 1)


def test_on_a_full_disk_pages_are_shown_all_the_same(process, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    first, second = process(), process()
    assert (shows(first), shows(second), second.compiled) == ("Hello Ana", "Hello Ana", 1)
