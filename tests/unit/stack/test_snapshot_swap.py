"""A restore that is cut off anywhere: the clone's folders are all of the old state, or all of the new one."""

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack import state_id
from stack.snapshots import swap
from stack.snapshots.stores import FOLDERS

CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree"}


class _CutOffError(Exception):
    """The power failed just before this change of the disk."""


class Power:
    """Fails before the n-th change of the disk. Python's audit events tell of each."""

    def __init__(self) -> None:
        self.left: float = float("inf")
        sys.addaudithook(self._hear)

    def _hear(self, event: str, _arguments: tuple[object, ...]) -> None:
        if event in CHANGES:
            self.left -= 1
            if self.left < 0:
                self.left = float("inf")
                raise _CutOffError


@pytest.fixture(scope="module")
def power() -> Iterator[Power]:
    power = Power()
    yield power
    power.left = float("inf")


def _fill(root: Path, what: str, folders: tuple[str, ...]) -> None:
    for folder in folders:
        (root / folder / "deep").mkdir(parents=True)
        (root / folder / "deep" / "file").write_text(what)


def _held(root: Path) -> dict[str, str]:
    return {folder: (root / folder / "deep" / "file").read_text() for folder in FOLDERS if (root / folder).exists()}


def _cut_off_after(changes: int, power: Power) -> bool:
    """Commit and finish, with so many changes of the disk; tell whether the power failed."""
    power.left = changes
    try:
        swap.commit()
        swap.finish()
    except _CutOffError:
        return True
    finally:
        power.left = float("inf")
    return False


def test_a_restore_that_is_cut_off_anywhere_leaves_the_old_state_or_the_new_one(
    power: Power, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old, new = FOLDERS[:-1], FOLDERS[1:]  # each lacks a folder that the other has
    seen = set()
    for changes in itertools.count():
        state = tmp_path / str(changes)
        monkeypatch.setenv("LAKEHOUSE_STATE", str(state))
        before = state_id.current()
        _fill(state, "old", old)
        _fill(swap.begin(), "new", new)

        failed = _cut_off_after(changes, power)
        swap.finish()  # as the next `lakehouse up` does

        held = _held(state)
        assert held in (dict.fromkeys(old, "old"), dict.fromkeys(new, "new")), f"cut off after {changes} changes"
        assert (state_id.current() == before) == ("old" in held.values())
        seen.add(held[FOLDERS[1]])
        if not failed:
            break
    assert seen == {"old", "new"}
    assert not (state / "restored").exists()


def test_what_was_only_begun_is_worth_nothing(state: Path) -> None:
    _fill(state, "old", FOLDERS)
    _fill(swap.begin(), "new", FOLDERS)

    swap.finish()

    assert set(_held(state).values()) == {"old"}
    swap.discard()
    assert not (state / "incoming").exists()


def test_the_secret_that_belongs_to_the_data_comes_with_it(state: Path) -> None:
    state.mkdir()
    (state / "secrets.json").write_text("old")
    incoming = swap.begin()
    (incoming / "secrets.json").write_text("new")

    swap.commit()
    swap.finish()

    assert (state / "secrets.json").read_text() == "new"
