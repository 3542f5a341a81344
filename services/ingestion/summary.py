"""What a person wants to know of a batch once it has run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Loaded:
    """What one table's asset did."""

    table: str
    rows: int
    batch_ids: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """What a batch did: the tables loaded, the models built, the checks by outcome, the steps that failed.

    A check that failed as a warning is in `warnings`: something is unusual, nothing is wrong.
    """

    loaded: tuple[Loaded, ...]
    models: tuple[str, ...]
    checks_passed: int
    checks_failed: tuple[str, ...]
    failures: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether every step ran and no check failed but as a warning."""
        return not self.failures and not self.checks_failed

    def text(self) -> str:
        """Return the summary as lines for a terminal."""
        lines = [
            f"{one.table}: {one.rows} rows loaded" + "".join(f"\n  batch {i}" for i in one.batch_ids)
            for one in self.loaded
        ]
        lines.append(f"dbt: {len(self.models)} models built ({', '.join(self.models) or 'none'})")
        warned = f", {len(self.warnings)} warned" if self.warnings else ""
        lines.append(f"checks: {self.checks_passed} passed, {len(self.checks_failed)} failed{warned}")
        lines += [f"warning: {name}" for name in self.warnings]
        lines += [f"failed: {name}" for name in (*self.checks_failed, *self.failures)]
        return "\n".join(lines)
