"""Reads of batches' samples that pages and services share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from clearmyrecord.batches import queries, sampling
from clearmyrecord.batches.models import Batch, Sample, SampleItem, SampleMark
from clearmyrecord.errors import NotAllowed, NotFound
from clearmyrecord.office.models import Role, User

Verdict = SampleMark.Verdict


@dataclass(frozen=True)
class Progress:
    """How far a sample is looked through, in convictions."""

    total: int
    marked: int = 0
    wrong: int = 0

    @property
    def left(self) -> int:
        return self.total - self.marked

    @property
    def has_failed(self) -> bool:
        return self.wrong > 0

    @property
    def has_passed(self) -> bool:
        return self.total > 0 and self.left == 0 and not self.has_failed


@dataclass(frozen=True)
class Record:
    """A sample as the batch's record prints it: method, figures, how far it is, and who marked how many."""

    sample: Sample
    marks: Sequence[SampleMark]

    @cached_property
    def progress(self) -> Progress:
        wrong = {mark.item_id for mark in self.marks if mark.verdict == Verdict.WRONG}
        return Progress(self.sample.size, len({mark.item_id for mark in self.marks}), len(wrong))

    @property
    def marked_by(self) -> list[tuple[User, int]]:
        """Who marked how many convictions, in the order of their accounts."""
        people = {mark.by_id: mark.by for mark in self.marks}
        numbers = Counter(by for by, _ in {(mark.by_id, mark.item_id) for mark in self.marks})
        return [(people[by], numbers[by]) for by in sorted(people)]

    def next_open(self, after: int = 0) -> int | None:
        """The position of the next conviction nobody has marked, from the beginning again after the last; or None."""
        marked = {mark.item.position for mark in self.marks}
        left = [position for position in range(1, self.sample.size + 1) if position not in marked]
        return next((position for position in left if position > after), left[0] if left else None)

    @property
    def fewest_wrong(self) -> int:
        """So many wrong ones among the others would be too many."""
        return sampling.fewest_wrong(self.sample.others, self.sample.most_wrong)

    @cached_property
    def chance(self) -> Decimal:
        """The chance, in percent, that the draw misses every one of them."""
        missed = sampling.chance_of_missing(self.sample.others, self.fewest_wrong, self.sample.drawn) * 100
        return (Decimal(missed.numerator) / missed.denominator).quantize(Decimal("0.01"))


def progress(sample: Sample) -> Progress:
    """How far it is; one query."""
    marked = Count("item", distinct=True)
    wrong = Count("item", distinct=True, filter=Q(verdict=Verdict.WRONG))
    return Progress(sample.size, **SampleMark.objects.filter(item__sample=sample).aggregate(marked=marked, wrong=wrong))


def records(batch: Batch) -> list[Record]:
    """The samples of a batch, newest first; two queries."""
    marks = defaultdict(list)
    for mark in _with_their_item(SampleMark.objects.filter(item__sample__batch=batch)):
        marks[mark.item.sample_id].append(mark)
    return [Record(sample, marks[sample.pk]) for sample in batch.samples.order_by("-version")]


def record(sample: Sample) -> Record:
    """One of them; one query."""
    return Record(sample, list(_with_their_item(SampleMark.objects.filter(item__sample=sample))))


def _with_their_item(marks: QuerySet[SampleMark]) -> Iterable[SampleMark]:
    return marks.select_related("by", "item").defer("item__snapshot")


def current(batch: Batch) -> Sample | None:
    """The sample of the version that was submitted last."""
    return batch.samples.filter(version=batch.version).first()


def has_passed(batch: Batch) -> bool:
    """Whether every conviction of the sample that stands is marked right. The database asks again at approval."""
    sample = current(batch)
    return sample is not None and sample.list_hash == batch.list_hash and progress(sample).has_passed


def sample_or_404(user: User, batch: Batch, version: int) -> Sample:
    """A sample of the batch. Raises NotFound, or NotAllowed for analysts while its batch waits for approval.

    An analyst who saw what was drawn could call the batch back and submit it again for a kinder draw.
    """
    if batch.state == Batch.State.DISCARDED:
        raise NotFound("This batch is discarded.")
    sample = batch.samples.filter(version=version).first()
    if sample is None:
        raise NotFound("There is no such sample of the batch.")
    if user.role == Role.ANALYST and batch.state == Batch.State.SUBMITTED and version == batch.version:
        raise NotAllowed("Which convictions are looked at is shown to analysts once the supervisor is through.")
    return sample


def may_mark(user: User, batch: Batch, sample: Sample) -> bool:
    """Whether this supervisor may mark it: it is that of a batch waiting for approval, and they prepared none of it."""
    return sample.version == batch.version and queries.may_approve(user, batch)


def items(sample: Sample) -> QuerySet[Any, Any]:
    """Its convictions in their order, each with its marks, `is_marked` and `is_wrong`."""
    marks = SampleMark.objects.filter(item=OuterRef("pk"))
    return sample.items.annotate(
        is_marked=Exists(marks), is_wrong=Exists(marks.filter(verdict=Verdict.WRONG))
    ).prefetch_related(Prefetch("marks", queryset=SampleMark.objects.select_related("by")))


def item_or_404(sample: Sample, position: int) -> SampleItem:
    """One conviction of the sample, with its determination and where it was read; raises NotFound."""
    found = items(sample).select_related("determination__run__policy", "determination__reading__file_subject__file")
    item: SampleItem | None = found.filter(position=position).first()
    if item is None:
        raise NotFound("There is no such conviction in the sample.")
    return item


def wrong_ones(batch: Batch) -> list[SampleItem]:
    """What supervisors marked wrong in the version submitted last, with their comments."""
    sample = current(batch)
    return list(items(sample).filter(is_wrong=True)) if sample else []
