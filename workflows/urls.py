"""Which addresses have boards, steps, trials, tasks and overviews?"""

from django.urls import include, path

from workflows.views import (
    board,
    bodies,
    entering,
    handover,
    moving,
    national,
    plan,
    queue,
    readiness,
    reminders,
    steps,
    tasks,
    together,
    trials,
)

# `adoption` stands before these, so that /regions/new/ is no region's board.
urlpatterns = [
    path("", include(tasks.urlpatterns)),
    path("queue/", queue.queue, name="queue"),
    path("queue/several/", queue.queue_several, name="queue_several"),
    path("queue/<int:pk>/", queue.queue_decide, name="queue_decide"),
    path("people/<int:pk>/handover/", handover.handover, name="handover"),
    path("people/<int:pk>/handover/withdraw/", handover.handover_withdraw, name="handover_withdraw"),
    path("country/", national.national, name="national"),
    path("country/<slug:language>/", national.national_file, name="national_file"),
    path("regions/<slug:slug>/", board.board, name="board"),
    path("regions/<slug:slug>/history/", board.history, name="history"),
    path("help/reminders/", reminders.reminders_help, name="reminders_help"),
    path("regions/<slug:slug>/reminders/", reminders.reminders, name="reminders"),
    path("regions/<slug:slug>/readiness/", readiness.readiness, name="readiness"),
    path("regions/<slug:slug>/plan/", plan.plan_wished, name="plan_wished"),
    path("regions/<slug:slug>/bodies/", bodies.bodies, name="bodies"),
    path("regions/<slug:slug>/bodies/<int:pk>/", bodies.body, name="body"),
    path("regions/<slug:slug>/open-trial/", trials.trial_open, name="trial_open"),
    path("regions/<slug:slug>/enter/", entering.region_enter, name="region_enter"),
    path("regions/<slug:slug>/meetings/new/", trials.meeting_new, name="meeting_new"),
    path("regions/<slug:slug>/meetings/invite/", trials.meeting_invite, name="meeting_invite"),
    path("regions/<slug:slug>/meetings/<int:pk>/", trials.meeting_correct, name="meeting_correct"),
    path("regions/<slug:slug>/commitments/new/", together.commitments_new, name="commitments_new"),
    path("regions/<slug:slug>/partners/<int:pk>/commitment/", steps.partner_draft, name="partner_draft"),
    # Before the steps: "commitment", "correct", "entry" and "plan" are no keys of a step.
    path("regions/<slug:slug>/trials/<int:trial>/commitment/", steps.region_draft, name="region_draft"),
    path("regions/<slug:slug>/trials/<int:trial>/correct/", trials.trial_correct, name="trial_correct"),
    path("regions/<slug:slug>/trials/<int:trial>/entry/", entering.entry_correct, name="entry_correct"),
    path("regions/<slug:slug>/trials/<int:trial>/plan/", plan.plan, name="plan"),
    path("regions/<slug:slug>/trials/<int:trial>/plan/plan.ics", plan.plan_calendar, name="plan_calendar"),
    path("regions/<slug:slug>/trials/<int:trial>/plan/plan.xlsx", plan.plan_sheet, name="plan_sheet"),
    path("regions/<slug:slug>/trials/<int:trial>/plan/<slug:key>/", moving.plan_move, name="plan_move"),
    path("regions/<slug:slug>/trials/<int:trial>/<slug:key>/", steps.step, name="step"),
]
