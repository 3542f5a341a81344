"""Which snapshots are taken, which are refused, and what is said then. No server is needed."""

import tarfile
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from stack.context import Choices, Context
from stack.errors import StackError
from stack.progress import Reporter
from stack.snapshots import archive, keeping

pytestmark = pytest.mark.usefixtures("state")


@pytest.fixture
def context() -> Context:
    """A clone that has data, in the reference catalog."""
    Choices(catalog="reference").save()
    return Context.load()


@pytest.fixture
def saved(context: Context, state: Path) -> Path:
    """A snapshot of it."""
    (state / "data" / "postgres").mkdir(parents=True)
    (state / "data" / "postgres" / "PG_VERSION").write_text("18")
    (state / "data" / "postgres" / "postmaster.pid").write_text("4711")
    path = keeping.path_of("before-lunch")
    keeping.save(path, context, Reporter())
    return path


def _altered(path: Path, **changes: object) -> Path:
    """Write a snapshot of nothing that says other things of itself."""
    about = msgspec.structs.replace(archive.about(path), **changes)
    other = path.with_name("altered.tar.gz")
    archive.write(other, about, path.parent, ())
    return other


def _refusal(path: Path, context: Context) -> str:
    with pytest.raises(StackError) as refused:
        keeping.require(path, context)
    return str(refused.value)


def test_a_clone_without_data_has_nothing_to_save() -> None:
    with pytest.raises(StackError, match="no tables yet"):
        keeping.save(keeping.path_of("empty"), Context.load(), Reporter())


def test_a_snapshot_is_one_private_file_that_says_what_it_is_of(saved: Path, context: Context) -> None:
    about = archive.about(saved)

    assert (about.catalog, about.port_offset, about.events, about.polaris_secret) == ("reference", 0, 0, "")
    assert set(about.versions) == {"postgres", "minio", "kafka", "temporal", "catalog"}
    assert saved.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]
    with tarfile.open(saved) as tar:
        assert not [name for name in tar.getnames() if name.endswith("postmaster.pid")]
    assert [(kept.name, kept.why_not) for kept in keeping.listing(context)] == [("before-lunch", "")]


def test_what_was_there_is_replaced_by_what_was_saved(saved: Path, context: Context, state: Path) -> None:
    (state / "data" / "postgres" / "PG_VERSION").write_text("changed since")
    (state / "data" / "kafka").mkdir()

    keeping.restore(saved, context, Reporter())

    assert (state / "data" / "postgres" / "PG_VERSION").read_text() == "18"
    assert not (state / "data" / "kafka").exists()


def test_a_clone_without_data_takes_the_snapshots_catalog_and_keeps_its_ports(saved: Path) -> None:
    Choices(port_offset=500).save()

    restored = keeping.restore(saved, Context.load(), Reporter())

    assert restored.choices == Choices(port_offset=500, catalog="reference")


def test_another_catalog_is_refused(saved: Path, context: Context) -> None:
    elsewhere = replace(context, choices=Choices(catalog="polaris"))

    said = _refusal(saved, elsewhere)

    assert "are in the reference catalog; this clone uses the polaris one" in said
    assert "lakehouse reset" in said


def test_another_version_of_a_server_is_refused_by_its_name(saved: Path, context: Context) -> None:
    older = _altered(saved, versions=archive.about(saved).versions | {"kafka": "3.9.0"})

    assert "was made with kafka 3.9.0, not " in _refusal(older, context)


def test_another_machine_is_refused(saved: Path, context: Context) -> None:
    assert "was made on Darwin arm64; this is " in _refusal(_altered(saved, machine="Darwin arm64"), context)


def test_a_snapshot_of_polaris_is_refused_at_other_ports(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "quarkus-run.jar").touch()
    monkeypatch.setenv("LAKEHOUSE_POLARIS_HOME", str(tmp_path))
    Choices(catalog="polaris").save()
    context = Context.load()
    versions = dict(archive.about(saved).versions) | {"catalog": "1.7.0"}

    said = _refusal(_altered(saved, catalog="polaris", versions=versions, port_offset=500), context)

    assert "with the port offset 500" in said


@pytest.mark.parametrize("kept", [0, 40, 400])
def test_a_damaged_file_is_refused_and_changes_nothing(saved: Path, context: Context, state: Path, kept: int) -> None:
    (state / "data" / "postgres" / "PG_VERSION").write_text("as it is")
    saved.write_bytes(saved.read_bytes()[:kept])

    with pytest.raises(StackError):
        keeping.restore(saved, context, Reporter())

    assert (state / "data" / "postgres" / "PG_VERSION").read_text() == "as it is"
    assert not (state / "restored").exists()


def test_a_name_that_would_leave_the_folder_is_refused() -> None:
    for name in ("../secrets", "a/b", ".hidden", "", "a" * 80):
        with pytest.raises(StackError, match="is no name"):
            keeping.path_of(name)


def test_a_snapshot_that_is_not_there_is_said_to_be_missing(context: Context) -> None:
    assert "There is no snapshot 'lost'" in _refusal(keeping.path_of("lost"), context)
