"""What others do in an exercise comes to an open page by itself: something real, and facts to a unit that joined."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.city import City
from e2e.conftest import OpenDesk
from e2e.proving import Sender, first


@pytest.mark.usefixtures("places")  # which takes the newest exercise for the demo's own
def test_an_open_console_turns_grey_by_itself_and_back_again(city: City, open_desk: OpenDesk) -> None:
    school = Sender(city, "school")
    exercise = school.send("/exercises/library/binhai-kitchen-fire/", is_announced="on")
    school.send(f"{exercise}posts/")
    school.send(f"{exercise}start/")
    desk = open_desk("admin", "en")
    desk.go(f"{exercise}control/")
    next_up = desk.page.locator("#part-next")
    expect(next_up).to_have_css("filter", "none")
    school.send(f"{exercise}real/", incident="", reason="有人受伤")
    expect(desk.page.locator("#part-stopped .banner")).to_be_visible()
    expect(desk.page.locator("main > .stack")).to_have_css("filter", "grayscale(1)")
    expect(next_up.get_by_role("button")).to_have_count(0)
    school.send(f"{exercise}go-on/", reason="已送医")
    expect(desk.page.locator("#part-stopped .banner")).to_have_count(0)
    expect(desk.page.locator("main > .stack")).to_have_css("filter", "none")
    desk.stays_clean()


@pytest.mark.usefixtures("places")
def test_the_board_of_a_unit_that_holds_it_with_another_follows_by_itself(city: City, open_desk: OpenDesk) -> None:
    school, port = Sender(city, "school"), Sender(city, "port")
    exercise = school.send("/exercises/library/binhai-kitchen-fire/", is_announced="on")
    school.send(f"{exercise}posts/")
    school.send(f"{exercise}ask-unit/", organisation="haizhou-portoffice")
    port.send(first(rf"({exercise}units/\d+/accept/)", port.page(exercise)))
    school.send(f"{exercise}start/")
    desk = open_desk("port", "en")
    desk.go(first(r"(/runs/\d+/)", port.page(exercise)))
    facts = desk.page.locator("#part-facts")
    expect(facts).not_to_contain_text("Seriously injured")
    school.send(f"{exercise}control/new/add/", title="Two are hurt", fact="serious_injured", value="2")
    expect(facts).to_contain_text("Seriously injured")
    desk.stays_clean()
    school.send(f"{exercise}end/", reason="done")
