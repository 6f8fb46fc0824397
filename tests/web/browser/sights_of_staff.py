"""What clerks, specialists, leaders and those who only look see, in every state."""

from __future__ import annotations

from tests.installation.town import ADMIN, COUNTER, ELSEWHERE, LEADER, MONITOR, OFFICER
from tests.web.browser.sight import Sight

STAFF = [
    Sight("today-counter", "/quay", COUNTER, like="desk-today"),
    Sight("today-officer", "/quay", OFFICER, like="desk-today"),
    Sight("today-leader", "/quay", LEADER, like="desk-today"),
    Sight("today-empty", "/quay", ELSEWHERE),
    Sight("today-monitor", "/quay", MONITOR),
    Sight("today-admin", "/quay", ADMIN),
]
