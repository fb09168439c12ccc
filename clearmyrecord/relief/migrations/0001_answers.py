"""What courts did: what they are asked, answers, response files and their rows, objections, the DOJ's confirmation."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("batches", "0006_samples"),
        ("filings", "0009_rejected_by_the_clerk"),
        ("office", "0006_answer_days"),
        ("records", "0003_reasons_of_suggestions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CourtResponse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("storage_key", models.CharField(max_length=200)),
                ("headings", models.JSONField()),
                ("row_count", models.PositiveIntegerField()),
                ("columns", models.JSONField(default=dict)),
                ("words", models.JSONField(default=dict)),
                ("uploaded_at", models.DateTimeField(auto_now_add=True)),
                ("recorded_at", models.DateTimeField(null=True)),
                ("recorded_hash", models.CharField(blank=True, max_length=64)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_reason", models.TextField(blank=True)),
                (
                    "court",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="responses", to="office.court"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="CourtAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("granted", "Granted"),
                            ("denied", "Denied"),
                            ("hearing", "Set for hearing"),
                            ("rejected", "Rejected by the clerk"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "granted_as",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sealed", "Dismissed and sealed"),
                            ("dismissed", "Dismissed"),
                            ("misdemeanor", "Lowered to a misdemeanor"),
                            ("infraction", "Lowered to an infraction"),
                            ("resentenced", "Resentenced"),
                        ],
                        max_length=12,
                    ),
                ),
                ("decided_on", models.DateField(null=True)),
                ("hearing_on", models.DateField(null=True)),
                ("department", models.CharField(blank=True, max_length=40)),
                ("reason", models.TextField(blank=True)),
                ("row", models.PositiveIntegerField(null=True)),
                ("entered_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(null=True)),
                (
                    "superseded_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("followed", "a later answer followed"),
                            ("corrected", "it was corrected"),
                            ("undone", "it was taken back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("superseded_reason", models.TextField(blank=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "filing",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="filings.filing",
                    ),
                ),
                (
                    "follows",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="relief.courtanswer",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="batches.batchitem"
                    ),
                ),
                (
                    "motion",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="filings.omnibusmotion",
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "response",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="relief.courtresponse",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="DojConfirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shows",
                    models.CharField(
                        choices=[
                            ("relief", "A later record file shows the dismissal or the lower severity"),
                            ("gone", "A later record file of this person no longer shows the conviction"),
                            ("by_hand", "Verified by hand"),
                        ],
                        max_length=10,
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=400)),
                (
                    "state",
                    models.CharField(
                        choices=[("suggested", "Suggested"), ("confirmed", "Confirmed"), ("refused", "Refused")],
                        max_length=10,
                    ),
                ),
                ("found_at", models.DateTimeField(auto_now_add=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True)),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmations",
                        to="relief.courtanswer",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.recordfile",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "who",
                    models.CharField(
                        choices=[
                            ("defender", "Public defender"),
                            ("counsel", "Other counsel of the defendant"),
                            ("defendant", "The defendant"),
                            ("office", "Somebody in this office"),
                            ("other", "Somebody else"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120)),
                ("raised_on", models.DateField()),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("record", "Wrong person, case or conviction"),
                            ("unwanted", "The defendant does not want it, or wants more"),
                            ("not_within", "Not within H&S § 11361.8"),
                            ("risk", "Unreasonable risk of danger (serving only)"),
                            ("other", "Another ground"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField()),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
                (
                    "resolution",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("objection_withdrawn", "The objection was withdrawn"),
                            ("item_withdrawn", "The office asks no relief for it any more"),
                            ("to_hearing", "The court hears it"),
                        ],
                        max_length=20,
                    ),
                ),
                ("resolved_at", models.DateTimeField(null=True)),
                ("resolved_reason", models.TextField(blank=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="batches.batchitem"
                    ),
                ),
                (
                    "resolved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ResponseLayout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("columns", models.JSONField()),
                ("words", models.JSONField()),
                ("saved_at", models.DateTimeField(auto_now=True)),
                (
                    "court",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="response_layout", to="office.court"
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ResponseRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveIntegerField()),
                ("cells", models.JSONField()),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("granted", "Granted"),
                            ("denied", "Denied"),
                            ("hearing", "Set for hearing"),
                            ("rejected", "Rejected by the clerk"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "granted_as",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sealed", "Dismissed and sealed"),
                            ("dismissed", "Dismissed"),
                            ("misdemeanor", "Lowered to a misdemeanor"),
                            ("infraction", "Lowered to an infraction"),
                            ("resentenced", "Resentenced"),
                        ],
                        max_length=12,
                    ),
                ),
                ("decided_on", models.DateField(null=True)),
                ("hearing_on", models.DateField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("match", "To be recorded"),
                            ("known", "Recorded already"),
                            ("repeated", "Repeats another row"),
                            ("differs", "Case found, but something differs"),
                            ("several", "Fits several convictions"),
                            ("contradicts", "Contradicts another row or answer"),
                            ("objected", "Objected or withdrawn"),
                            ("not_filed", "Not filed"),
                            ("unusable", "Can’t be used"),
                            ("unknown", "Unknown case"),
                        ],
                        max_length=12,
                    ),
                ),
                ("why", models.TextField(blank=True)),
                (
                    "items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Not recorded yet"),
                            ("recorded", "Recorded"),
                            ("noted", "Nothing to do"),
                            ("open", "To work off"),
                            ("assigned", "Assigned by hand"),
                            ("set_aside", "Set aside"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_reason", models.TextField(blank=True)),
                (
                    "filing",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="filings.filing"
                    ),
                ),
                (
                    "motion",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="filings.omnibusmotion",
                    ),
                ),
                (
                    "response",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="relief.courtresponse"
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["row"],
            },
        ),
        migrations.CreateModel(
            name="Asked",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("exhibit_row", models.PositiveIntegerField(null=True)),
                (
                    "relief",
                    models.CharField(
                        choices=[
                            ("sealed", "Dismissed and sealed"),
                            ("dismissed", "Dismissed"),
                            ("misdemeanor", "Lowered to a misdemeanor"),
                            ("infraction", "Lowered to an infraction"),
                            ("resentenced", "Resentenced"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for the court"),
                            ("objected", "Objected"),
                            ("hearing", "Set for hearing"),
                            ("granted", "Granted"),
                            ("denied", "Denied"),
                            ("rejected", "Rejected by the clerk"),
                            ("withdrawn", "Withdrawn by the office"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                (
                    "conviction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="asked", to="records.conviction"
                    ),
                ),
                (
                    "court",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="office.court"),
                ),
                (
                    "filing",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asked",
                        to="filings.filing",
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="asked", to="batches.batchitem"
                    ),
                ),
                (
                    "motion",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asked",
                        to="filings.omnibusmotion",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.subject"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["court", "state"], name="asked_by_court_and_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("filing__isnull", False), ("motion", None), ("exhibit_row", None)),
                            models.Q(("filing", None), ("motion__isnull", False), ("exhibit_row__isnull", False)),
                            _connector="OR",
                        ),
                        name="asked_of_case_or_row_of_motion",
                    ),
                    models.UniqueConstraint(fields=("motion", "exhibit_row"), name="one_conviction_per_exhibit_row"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="courtresponse",
            constraint=models.UniqueConstraint(fields=("court", "sha256"), name="response_uploaded_once"),
        ),
        migrations.AddConstraint(
            model_name="courtresponse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("recorded_at", None), ("recorded_by", None), ("recorded_hash", ""), ("undone_at", None)),
                    models.Q(
                        ("recorded_at__isnull", False),
                        ("recorded_by__isnull", False),
                        models.Q(("recorded_hash", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="recorded_response_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="courtresponse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undone_at", None), ("undone_by", None), ("undone_reason", "")),
                    models.Q(
                        ("undone_at__isnull", False),
                        ("undone_by__isnull", False),
                        models.Q(("undone_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="undone_response_says_why",
            ),
        ),
        migrations.AddIndex(
            model_name="courtanswer",
            index=models.Index(fields=["response", "row"], name="answers_of_response"),
        ),
        migrations.AddConstraint(
            model_name="courtanswer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)), fields=("item",), name="one_standing_answer"
            ),
        ),
        migrations.AddConstraint(
            model_name="courtanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("filing__isnull", False), ("motion", None)),
                    models.Q(("filing", None), ("motion__isnull", False)),
                    _connector="OR",
                ),
                name="answer_of_case_or_motion",
            ),
        ),
        migrations.AddConstraint(
            model_name="courtanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_on__isnull", False),
                        ("decision", "granted"),
                        models.Q(("granted_as", ""), _negated=True),
                    ),
                    models.Q(
                        ("decided_on__isnull", False),
                        ("decision__in", ["denied", "rejected"]),
                        ("granted_as", ""),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    models.Q(("decision", "hearing"), ("granted_as", ""), ("hearing_on__isnull", False)),
                    _connector="OR",
                ),
                name="answer_says_what_it_must",
            ),
        ),
        migrations.AddConstraint(
            model_name="courtanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("response", None), ("row", None)),
                    models.Q(("response__isnull", False), ("row__isnull", False)),
                    _connector="OR",
                ),
                name="answer_names_file_and_row",
            ),
        ),
        migrations.AddConstraint(
            model_name="courtanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("superseded_at", None),
                        ("superseded_by", None),
                        ("superseded_how", ""),
                        ("superseded_reason", ""),
                    ),
                    models.Q(
                        ("superseded_at__isnull", False),
                        ("superseded_by__isnull", False),
                        ("superseded_how", "followed"),
                    ),
                    models.Q(
                        ("superseded_at__isnull", False),
                        ("superseded_by__isnull", False),
                        ("superseded_how__in", ["corrected", "undone"]),
                        models.Q(("superseded_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="superseded_answer_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="dojconfirmation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "refused"), _negated=True),
                fields=("answer",),
                name="one_standing_doj_confirmation",
            ),
        ),
        migrations.AddConstraint(
            model_name="dojconfirmation",
            constraint=models.UniqueConstraint(fields=("answer", "file"), name="confirmation_asked_once_per_file"),
        ),
        migrations.AddConstraint(
            model_name="dojconfirmation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_by__isnull", False),
                        ("file", None),
                        ("shows", "by_hand"),
                        models.Q(("source", ""), _negated=True),
                    ),
                    models.Q(models.Q(("shows", "by_hand"), _negated=True), ("file__isnull", False)),
                    _connector="OR",
                ),
                name="confirmation_names_file_or_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="dojconfirmation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "refused"), _negated=True),
                    models.Q(("decided_by__isnull", False), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="refused_confirmation_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("resolved_at", None)), fields=("item", "who"), name="one_open_objection_each"
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("resolution", ""), ("resolved_at", None), ("resolved_by", None), ("resolved_reason", "")),
                    models.Q(
                        ("resolved_at__isnull", False),
                        ("resolved_by__isnull", False),
                        models.Q(("resolution", ""), _negated=True),
                        models.Q(("resolved_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="resolved_objection_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="objection_has_text"
            ),
        ),
        migrations.AddIndex(
            model_name="responserow",
            index=models.Index(fields=["response", "kind", "row"], name="response_rows_by_kind"),
        ),
        migrations.AddConstraint(
            model_name="responserow",
            constraint=models.UniqueConstraint(fields=("response", "row"), name="response_row_once"),
        ),
        migrations.AddConstraint(
            model_name="responserow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["assigned", "set_aside"]), _negated=True),
                    models.Q(
                        ("settled_at__isnull", False),
                        ("settled_by__isnull", False),
                        models.Q(("settled_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="settled_row_says_why",
            ),
        ),
    ]
