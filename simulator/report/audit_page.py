"""An audit as a page: what changes, whether it may, and why."""

from __future__ import annotations

from collections.abc import Iterable

from .audit_files import Audit, AuditFiles
from .audit_tables import SYMBOLS, alone, by_stress, changes, flat_cell, immediate, limits, metrics
from .cause_charts import causes
from .distribution_charts import distributions
from .page import Page
from .parts import Facts, Part, Section, Sentence, Table
from .run_page import run_sections
from .static_tables import static
from .wording import counted

__all__ = ["audit_page"]

VERDICTS = {
    "pass": "within every limit",
    "fail": "at least one limit is broken",
    "undecided": "the runs do not decide every limit",
}


def audit_page(files: AuditFiles) -> Page:
    """The page of an audit."""
    audit = files.audit
    sections = [
        Section("What changes", list(changes(audit))),
        Section("Verdict", list(limits(audit))),
        Section("Effect at once", list(immediate(audit))),
        Section("Figures", [*metrics(audit), *(alone(audit) if len(audit.proposal.changes) > 1 else ())]),
        Section("Distributions", list(distributions(files)) or [Sentence("No run gave figures to draw.")]),
        Section("Bad debt by cause", list(causes(files))),
        Section("By stress", list(by_stress(audit))),
        Section("Static checks", list(static(audit))),
        Section("To run it again", list(_reproduce(audit, files))),
    ]
    for arm, run in files.worst.items():
        parts = [part for section in run_sections(run) for part in section.parts]
        sections.append(Section(f"Worst run, {arm} settings", parts))
    verdict = (f"{SYMBOLS[audit.verdict]}: {VERDICTS[audit.verdict]}", audit.verdict)
    return Page(f"Audit of {audit.proposal.name}", [one for one in _intro(audit, files) if one], sections, verdict)


def _intro(audit: Audit, files: AuditFiles) -> list[str]:
    runs = audit.seeds.runs if audit.seeds else files.runs["run"].nunique()
    base = f" of {audit.proposal.scenario}" if audit.proposal.scenario else ""
    failed = f"; {counted(len(audit.failures), 'run')} failed" if audit.failures else ""
    return [
        audit.proposal.description,
        f"{counted(runs, 'run')}{base} with each of the settings, on the same random numbers{failed}.",
    ]


def _reproduce(audit: Audit, files: AuditFiles) -> Iterable[Part]:
    seeds = audit.seeds
    pairs = [] if seeds is None else [("seeds", f"{seeds.first} to {seeds.first + seeds.runs - 1}")]
    pairs += [("settings", ", ".join(audit.arms)), ("engine", audit.engine), *audit.versions.items()]
    yield Facts([(name, str(value)) for name, value in pairs])
    if audit.command:
        yield Sentence(audit.command, "code")
    columns = list(dict.fromkeys(str(name) for one in audit.failures for name in one))
    rows = [[flat_cell("", one.get(name)) for name in columns] for one in audit.failures]
    if rows:
        yield Table("Runs that failed and are missing in the figures", columns, rows)
    if not files.worst:
        yield Sentence("The rows of the worst run were not kept, so its charts are not here.")
