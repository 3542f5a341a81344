"""Which catalog this clone uses: Polaris wherever it can be had, else Iceberg's reference catalog, said plainly."""

import os
from dataclasses import replace

from stack.context import Context
from stack.errors import StackError
from stack.progress import Reporter
from stack.servers.polaris import Polaris
from stack.servers.reference_catalog import WARNING

POLARIS, REFERENCE = "polaris", "reference"


def choose(context: Context, reporter: Reporter) -> Context:
    """Return the context with its catalog chosen and kept. Raises StackError if existing tables are in another."""
    forced = os.environ.get("LAKEHOUSE_CATALOG", "")
    if forced not in ("", POLARIS, REFERENCE):
        raise StackError(f"LAKEHOUSE_CATALOG={forced} is no catalog.", f"Use {POLARIS} or {REFERENCE}, or unset it.")
    wanted = forced or (POLARIS if "LAKEHOUSE_POLARIS_HOME" in os.environ else "")
    kept = context.choices.catalog
    if kept and wanted not in ("", kept):
        problem = f"This clone's tables are in the {kept} catalog; {wanted} would not see them."
        raise StackError(problem, "`lakehouse reset` deletes them, then start again.")
    if kept:
        return context
    chosen = wanted or _available(context, reporter)
    choices = replace(context.choices, catalog=chosen)
    choices.save()
    return replace(context, choices=choices)


def _available(context: Context, reporter: Reporter) -> str:
    polaris = Polaris("catalog", context)
    if polaris.installed():
        return POLARIS
    try:
        with reporter.step(f"downloading Apache Polaris {polaris.version}") as step:
            polaris.install(step)
    except StackError as error:
        reporter.say(f"! Apache Polaris could not be downloaded ({str(error.problem)[:120]}).\n! {WARNING}")
        return REFERENCE
    return POLARIS
