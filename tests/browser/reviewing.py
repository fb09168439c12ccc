"""Step 3: looking at convictions one by one and by selection, and answering their questions."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.desks import SLOW_MS, fill, heading, number_in, said, tick


def open_queue(page: Page, **filter: str) -> None:
    """The queue, narrowed by the labels and choices of its filter."""
    page.goto("/reviews/")
    for label, choice in filter.items():
        choose(page, label.capitalize(), choice)
    page.get_by_role("button", name="Show", exact=True).click()


def choose(page: Page, label: str, choice: str) -> None:
    """Choose in a list of the filter, whose choices end with a number: "Dismiss (1,204)"."""
    field = page.get_by_label(label, exact=True)
    words = re.compile(rf"^{re.escape(choice)} \([\d,]+\)$")
    value = field.locator("option").filter(has_text=words).get_attribute("value")
    field.select_option(value=value)


def open_first(page: Page) -> str:
    """Open the first conviction of the queue. Its address."""
    page.locator(".queue tbody th a").first.click()
    expect(page.get_by_role("link", name="Back to the queue")).to_be_visible()
    return page.url


def decide(page: Page, button: str, words: str) -> None:
    """Press it: the next conviction comes, and what was decided stands above it."""
    before = page.url
    page.get_by_role("button", name=button).click()
    page.wait_for_url(lambda url: url != before, timeout=SLOW_MS)
    expect(page.get_by_role("status").filter(has_text=f"Last: {words}")).to_be_visible(timeout=SLOW_MS)


def read_conviction(page: Page) -> None:
    """The page says what was found and why: citation, every rule, the source rows, the whole history."""
    for title in ("Every rule of the policy", "In the record file", "The subject’s whole history"):
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.locator(".found__reason")).not_to_be_empty()


def accept_one(page: Page) -> None:
    open_queue(page, outcome="Dismiss", route="Completed", review="Open", section="11357")
    open_first(page)
    read_conviction(page)
    decide(page, "Accept: dismiss", "Accepted")


def override_one(page: Page) -> None:
    """An override without a reason is refused; with one it stands."""
    open_queue(page, outcome="Dismiss", route="Completed", review="Open", section="11359")
    address = open_first(page)
    page.get_by_text("Override", exact=True).first.click()
    page.get_by_label("Outcome").select_option(label="Redesignate")
    page.get_by_role("textbox", name="Reason").fill("The office asks for no more than the statute gives.")
    page.get_by_label("Basis").select_option(value="presumption")
    decide(page, "Override", "Overridden")
    page.goto(address)
    expect(page.get_by_text("by override; the run found dismiss")).to_be_visible()


def accept_selection(page: Page) -> int:
    """Everything of a filter at once, after seeing the numbers. How many were accepted."""
    open_queue(page, outcome="Dismiss", route="Completed", review="Open", section="11357")
    tick(page.locator("#everything"))
    page.get_by_role("button", name="Accept…").click()
    expect(page.get_by_role("heading", name="will be accepted")).to_be_visible()
    button = page.get_by_role("button", name=re.compile(r"^Accept \d"))
    number = number_in(button.inner_text())
    button.click()
    said(page, "ccepted")
    return number


def decide_hand_review(page: Page) -> None:
    """A question on the record: it can't be accepted, only decided."""
    open_queue(page, question="Hand review, question on the record")
    address = open_first(page)
    expect(page.get_by_role("button", name=re.compile("^Accept"))).to_have_count(0)
    page.get_by_label("Outcome").select_option(label="Not eligible")
    page.get_by_role("textbox", name="Reason").fill("The court's papers show a sale to a minor.")
    decide(page, "Override", "Overridden")
    page.goto(address)
    expect(page.locator(".found")).to_contain_text("Not eligible")


def answer_route(page: Page) -> None:
    """Route unknown: the day on which the sentence ended, with the document that says so."""
    open_queue(page, question="Is the sentence completed?", route="Unknown")
    address = open_first(page)
    question = page.locator("section.question").filter(has_text="Is the sentence completed?")
    tick(question.get_by_label("Yes, it ended on the day below"))
    question.locator("input[type=date]").fill("2012-06-30")
    question.get_by_label("Source").fill("Probation file, closed on June 30, 2012")
    question.get_by_role("button", name="Answer").click()
    said(page, "looked at again")
    page.goto(address)
    expect(page.locator(".found")).to_contain_text("Completed")


def only_an_attorney_may_decide_law(page: Page) -> None:
    """Ana sees a question of law and may comment on it, nothing more."""
    open_queue(page, question="Hand review, question of law")
    open_first(page)
    expect(page.get_by_text("This is a question of law: an attorney decides it.")).to_be_visible()
    expect(page.get_by_role("button", name="Override")).to_have_count(0)
    fill(page, text="The docket is in the archive.")
    page.get_by_role("button", name=re.compile("omment")).click()
    said(page, "Your comment is kept")


def decide_law(page: Page) -> None:
    open_queue(page, question="Hand review, question of law")
    open_first(page)
    page.get_by_label("Outcome").select_option(label="Dismiss")
    page.get_by_role("textbox", name="Reason").fill("The people do not oppose.")
    decide(page, "Override", "Overridden")


def choose_ground(page: Page) -> None:
    """A conviction that the statute does not name: the attorney decides that there is no ground."""
    open_queue(page, question="Needs a legal ground")
    address = open_first(page)
    tick(page.get_by_role("radio").last)
    page.get_by_role("button", name="Choose this ground").click()
    said(page, "The ground is chosen")
    page.goto(address)
    expect(heading(page)).to_be_visible()
    expect(page.get_by_role("button", name="Choose this ground instead")).to_be_visible()
