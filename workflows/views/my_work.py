"""What does one do on the own list: small tasks, why something is there, putting it off, passing it on, filters?"""

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from adoption.models import Person
from adoption.refusal import Refused
from adoption.templatetags.kaiku import weekday_day
from adoption.views import Request
from workflows.models import OwnTask, SavedFilter
from workflows.my_work import filters, own_tasks, snoozing
from workflows.my_work.forms import FilterForm, NameFilterForm, OwnTaskForm, SnoozeForm
from workflows.my_work.telling import tell
from workflows.my_work.whole import whole_of
from workflows.my_work.why import Other, who_else, why_seen

QUESTIONS = ["GET", "HEAD", "POST"]


# -- own tasks --------------------------------------------------------------------------------------------------------


@require_http_methods(QUESTIONS)
def own_task_new(request: Request) -> HttpResponse:
    """A task of one's own is added. Its form stands in the list; here it comes back when it is refused."""
    person = request.user
    form = OwnTaskForm(person, None, request.POST if request.method == "POST" else None)
    if form.done(lambda: own_tasks.add_task(person, **form.cleaned_data)):
        messages.success(request, _("The task stands in your list."))
        return redirect("my_tasks")
    return render(request, "workflows/own_task.html", {"form": form}, status=form.status)


@require_http_methods(QUESTIONS)
def own_task(request: Request, pk: int) -> HttpResponse:
    """A task of one's own is changed."""
    person = request.user
    task = own_task_or_404(person, pk)
    form = OwnTaskForm(person, task, request.POST if request.method == "POST" else None)
    if form.done(lambda: own_tasks.change_task(task, person, **form.cleaned_data)):
        messages.success(request, _("The task is changed."))
        return redirect("my_tasks")
    return render(request, "workflows/own_task.html", {"form": form, "task": task}, status=form.status)


@require_POST
def own_task_done(request: Request, pk: int) -> HttpResponse:
    """A task of one's own is done."""
    task = own_tasks.finish_task(own_task_or_404(request.user, pk), request.user)
    messages.success(
        request, _("Done: %(what)s. You can take it back below, under what was done lately.") % {"what": task}
    )
    return redirect("my_tasks")


@require_POST
def own_task_undo(request: Request, pk: int) -> HttpResponse:
    """A task of one's own is not done after all."""
    task = own_tasks.take_back(own_task_or_404(request.user, pk), request.user)
    messages.success(request, _("It stands in your list again: %(what)s.") % {"what": task})
    return redirect("my_tasks")


def own_task_or_404(person: Person, pk: int) -> OwnTask:
    """The task, if it is the person's."""
    return get_object_or_404(OwnTask.objects.select_related("region", "made_by", "meeting"), pk=pk, person=person)


# -- one thing of the list --------------------------------------------------------------------------------------------


@require_http_methods(QUESTIONS)
def work_item(request: Request, key: str) -> HttpResponse:
    """Why it stands in the list, who else can do it, and putting it off."""
    if request.method == "POST":
        return _done_with(request, key)
    return _item_page(request, key, SnoozeForm())


def _item_page(request: Request, key: str, form: SnoozeForm) -> HttpResponse:
    whole = whole_of(request.user)
    item = whole.find(key)
    if item is None or not key:
        raise Http404
    shown = {
        "item": item, "form": form, "why": why_seen(request.user, item), "others": who_else(request.user, item),
        "put_off": next((one for one in whole.put_off if one.item is item), None), "mine": item.mine,
    }  # fmt: skip
    return render(request, "workflows/work_item.html", shown, status=form.status)


def _done_with(request: Request, key: str) -> HttpResponse:
    """The act that the page offers: it is put off, brought back, or another one is told of it."""
    person, act = request.user, request.POST.get("act")
    item = whole_of(person).find(key)
    if item is None:
        raise Http404
    if act == "tell":
        other = _chosen(who_else(person, item), request.POST.get("to", ""))
        tell(person, key, other)
        done = _("%(name)s gets a mail of it. It stays in your list until it is done.") % {"name": other}
    elif act == "back":
        snoozing.bring_back(person, key)
        done = _("It stands in your list again: %(what)s.") % {"what": item.what}
    else:
        form = SnoozeForm(request.POST)
        if (on := form.done(lambda: snoozing.put_off(person, key, **form.cleaned_data))) is None:
            return _item_page(request, key, form)
        done = _("It is put off, and comes back on %(day)s.") % {"day": weekday_day(on)}
    messages.success(request, done)
    return redirect("my_tasks")


def _chosen(others: Iterable[Other], key: str) -> Person:
    """The one whose key was sent, if it is one of these."""
    found = next((one.person for one in others if str(one.person.pk) == key), None)
    if found is None:
        raise Refused([_("Choose one of those who can do it.")])
    return found


# -- filters ----------------------------------------------------------------------------------------------------------


@require_http_methods(QUESTIONS)
def work_filters(request: Request) -> HttpResponse:
    """The saved filters; one more is saved."""
    person = request.user
    chosen = FilterForm(person, request.POST if request.method == "POST" else request.GET)
    form = NameFilterForm(request.POST if request.method == "POST" else None)
    saved = form.done(lambda: filters.save_filter(person, form.cleaned_data["name"], chosen.wanted))
    if saved:
        messages.success(request, _("The filter “%(name)s” is saved.") % {"name": saved})
        return redirect(f"{reverse('my_tasks')}?filter={saved.pk}")
    shown = {"form": form, "chosen": chosen, "wanted": chosen.wanted, "saved": filters.saved_by(person)}
    return render(request, "workflows/work_filters.html", shown, status=form.status)


@require_POST
def work_filter(request: Request, pk: int) -> HttpResponse:
    """A saved filter becomes what the page begins with, or no longer is, or is removed."""
    saved = get_object_or_404(SavedFilter, pk=pk, person=request.user)
    act = request.POST.get("act")
    if act == "remove":
        filters.remove_filter(saved, request.user)
        messages.success(request, _("The filter “%(name)s” is removed.") % {"name": saved})
    elif act in ("first", "plain"):
        filters.show_first(saved, request.user, act == "first")
        said = _("Your list begins with “%(name)s”.") if act == "first" else _("Your list begins with everything.")
        messages.success(request, said % {"name": saved})
    else:
        raise Refused([_("Choose what to do with it.")])
    return redirect("work_filters")


urlpatterns = [
    path("my-work/tasks/new/", own_task_new, name="own_task_new"),
    path("my-work/tasks/<int:pk>/", own_task, name="own_task"),
    path("my-work/tasks/<int:pk>/done/", own_task_done, name="own_task_done"),
    path("my-work/tasks/<int:pk>/undo/", own_task_undo, name="own_task_undo"),
    path("my-work/filters/", work_filters, name="work_filters"),
    path("my-work/filters/<int:pk>/", work_filter, name="work_filter"),
    path("my-work/items/<slug:key>/", work_item, name="work_item"),
]
