import shutil
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from stack import doctor, ports
from stack.context import Context
from stack.errors import StackError
from stack.install import golang
from stack.manifest import specs

pytestmark = pytest.mark.usefixtures("state")


def test_a_machine_that_can_run_the_course_passes() -> None:
    checks = {
        check.name: check
        for check in doctor.examine((specs()["postgres"],), Context.load(ports.free_offset(range(40_000, 50_000, 500))))
    }
    assert all(check.ok for check in checks.values()), checks


def test_too_little_disk_names_the_folder_and_the_way_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "RUN_DISK_MIB", shutil.disk_usage(tmp_path).total >> 20)
    with pytest.raises(StackError, match="MiB of disk are free") as raised:
        doctor.require((specs()["postgres"],), Context.load(ports.free_offset(range(40_000, 50_000, 500))))
    assert "LAKEHOUSE_STATE" in raised.value.remedy


def test_too_little_memory_is_told_with_what_is_needed() -> None:
    greedy = replace(specs()["postgres"], memory_mib=psutil.virtual_memory().total >> 20)
    with pytest.raises(StackError, match="MiB of memory are available") as raised:
        doctor.require((greedy,), Context.load(ports.free_offset(range(40_000, 50_000, 500))))
    assert "--only" in raised.value.remedy


def test_a_missing_compiler_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(golang.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StackError, match="No Go compiler") as raised:
        golang.go()
    assert "make install" in raised.value.remedy
