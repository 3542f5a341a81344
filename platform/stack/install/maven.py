"""Maven artifacts without Maven: jgo resolves the dependencies, our own download resumes and verifies."""

from pathlib import Path
from typing import TYPE_CHECKING

from jgo.maven import Dependency, MavenContext, PythonResolver

from stack.errors import StackError
from stack.install.fetch import NotPublishedError, download
from stack.paths import cache_dir
from stack.progress import Step

if TYPE_CHECKING:
    from jgo.maven import Artifact


class ResumingResolver(PythonResolver):
    """jgo's resolver with one change: its own download neither resumes nor refuses a wrong checksum."""

    def __init__(self, step: Step) -> None:
        super().__init__()
        self._step = step

    def download(self, artifact: "Artifact") -> Path:
        """Return the artifact's file in the cache, downloaded if need be."""
        path_prefix = artifact.component.path_prefix.as_posix()
        for repository in artifact.context.remote_repos.values():
            try:
                url = f"{repository}/{path_prefix}/{artifact.filename}"
                return download(url, artifact.context.repo_cache / path_prefix / artifact.filename, self._step)
            except NotPublishedError:
                continue
        raise StackError(
            f"{artifact.filename} is in none of the Maven repositories.", "Check the version in servers.toml."
        )


def _artifact(context: MavenContext, coordinate: str) -> "Artifact":
    group, name, version, *rest = coordinate.split(":")
    component = context.project(group, name).at_version(version)
    return component.artifact(packaging=rest[0]) if rest else component.artifact()


def _context(step: Step) -> MavenContext:
    return MavenContext(repo_cache=cache_dir() / "maven", resolver=ResumingResolver(step), timeout=60)


def single(coordinate: str, step: Step) -> Path:
    """Return the file of one artifact (`group:name:version[:packaging]`), without its dependencies."""
    path: Path = _artifact(_context(step), coordinate).resolve()
    return path


def class_path(coordinates: list[str], step: Step) -> list[Path]:
    """Return the jars of these artifacts and of all that they need at run time."""
    context = _context(step)
    # `raw`: what an artifact manages for its own build must not change the versions of the others.
    wanted = [Dependency(_artifact(context, coordinate), raw=True) for coordinate in coordinates]
    inputs, transitive = context.resolver.resolve(wanted)
    jars = [dependency.artifact for dependency in (*inputs, *transitive) if dependency.type == "jar"]
    return [artifact.resolve() for artifact in jars]
