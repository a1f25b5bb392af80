"""What did a walk leave behind? Its steps, decision, documents and commitments as plain data."""

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from adoption.models import Person
from commitments.models import Commitment, Document
from commitments.stored import content_of
from workflows.models import Trial, TrialStep
from workflows.services import read
from workflows.year import next_feedback_due

SIDES = ("culture", "care", "kaikukeskus")


def report(trial: Trial, out: Path) -> dict[str, Any]:
    """The walk as JSON-ready data, with every newest document copied into `out`; paths are relative to it."""
    trial = read(trial.pk)
    steps = [step for step in trial.flow.all_steps() if not step.outcomes]
    due = next_feedback_due([trial.region_id]).get(trial.region_id)
    return {
        "region": trial.region.slug,
        "model": trial.model,
        "municipalities": [m.code or m.name_fi for m in trial.municipalities.order_by("name_fi")],
        "steps": [
            {"number": s.number, "key": s.key, "title": str(s.title)} | _closed(trial.rows[s.key]) for s in steps
        ],
        "decision": {"outcome": trial.decided} | _closed(trial.rows["decision"]),
        "documents": [_copied(document, out) for document in _documents(trial)],
        "commitments": dict(Counter(trial.region.commitments.values_list("state", flat=True))),
        "next_feedback_due": _iso(due),
    }


def _closed(row: TrialStep) -> dict[str, Any]:
    names = dict.fromkeys(SIDES) | {side: _name(given["by"]) for side, given in row.confirmed.items()}
    return {"confirmed_by": names, "completed_at": row.closed_at.isoformat() if row.closed_at else None}


def _name(pk: int) -> str:
    return Person.objects.get(pk=pk).name


def _documents(trial: Trial) -> list[Document]:
    newest = [c.edition.pk for c in Commitment.objects.filter(region=trial.region) if c.edition]
    found = Document.objects.filter(edition__in=newest).select_related("edition__commitment")
    return list(found.order_by("edition__commitment", "language"))


def _copied(document: Document, out: Path) -> dict[str, Any]:
    path = Path("documents") / re.sub(r"[^\w.-]", "_", document.file_name)
    target = out / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content_of(document))
    parties = [
        {"name": party["name"], "role": row.role}
        for party, row in zip(document.facts["parties"], _rows(document), strict=True)
    ]
    return {
        "path": path.as_posix(),
        "kind": document.edition.commitment.kind,
        "language": document.language,
        "sha256": document.sha256,
        "parties": parties,
    }


def _rows(document: Document) -> Any:
    return document.edition.commitment.parties.all()


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None
