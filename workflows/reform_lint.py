"""The lint rules of reform files: a reform must fit the territory, the offices and the competences."""

from __future__ import annotations

from collections.abc import Iterator

from engine.rules.offices.routing import Map
from engine.rules.reform.policy import Reform, changed_units, closing_kinds
from workflows.problems import Both, Mark, Problem, Suggest
from workflows.source import Source

Finding = tuple[Mark, str, str, str]  # place, rule, vi, en


def reform_problems(reform: Reform, known: Map, source: Source) -> Iterator[Problem]:
    """Every finding; none when the reform can be planned on this map."""
    lines = source.text.splitlines()
    for check in (_date, _names, _covered, _policies, _divisions, _contacts):
        for at, rule, vi, en in check(reform, known, source):
            excerpt = lines[at.line - 1][:400] if 0 < at.line <= len(lines) else ""
            yield Problem(source.name, at.line, at.column, rule, vi, en, "error", excerpt)


def _date(reform: Reform, known: Map, source: Source) -> Iterator[Finding]:
    """Some unit or office must change on the date of the reform; otherwise the date is a mistake."""
    if reform.date <= known.territory.first:
        vi = f"địa giới chỉ biết từ {known.territory.first}; ngày cải cách phải sau đó"
        en = f"the territory is known from {known.territory.first}; the reform must be later"
        yield source.at("date"), "before-first-date", vi, en
    elif not changed_units(known.territory, reform.date) and not closing_kinds(known.offices.all(), reform.date):
        days = sorted({edge.date.isoformat() for edge in known.territory.successions()})
        listed = ", ".join(days[-6:]) or "–"
        vi = f"ngày {reform.date} không có đơn vị hay cơ quan nào thay đổi. Các ngày có thay đổi: {listed}"
        en = f"no unit and no office changes on {reform.date}. Days with changes: {listed}"
        yield source.at("date"), "nothing-changes", vi, en


def _names(reform: Reform, known: Map, source: Source) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, policy in enumerate(reform.policies):
        if policy.name in seen:
            vi, en = f'tên "{policy.name}" đã dùng ở mục trước', f'the name "{policy.name}" was used before'
            yield source.at("offices", index, "name"), "policy-twice", vi, en
        seen.add(policy.name)


def _covered(reform: Reform, known: Map, source: Source) -> Iterator[Finding]:
    """Every kind of office that closes needs a policy without conditions, so that each of its dossiers has a target."""
    for (level, body), count in sorted(closing_kinds(known.offices.all(), reform.date).items()):
        whole = (one for one in reform.policies if (one.level, one.body) == (level, body))
        if not any(one.keys is None and one.procedures is None and one.kinds is None for one in whole):
            vi = (
                f"{count} cơ quan loại {body} cấp {level} đóng ngày {reform.date} nhưng chưa có mục nào nói mọi hồ sơ "
                f"của chúng đi về đâu. Thêm một mục offices với from: {{level: {level}, body: {body}}}"
            )
            en = (
                f"{count} offices of body {body} on level {level} close on {reform.date}, and nothing says where all "
                f"their dossiers go. Add an entry of offices with from: {{level: {level}, body: {body}}}"
            )
            yield source.key("offices"), "closing-without-policy", vi, en


def _policies(reform: Reform, known: Map, source: Source) -> Iterator[Finding]:
    kinds = closing_kinds(known.offices.all(), reform.date)
    bodies = tuple(sorted({office.body for office in known.offices.all()}))
    subjects = tuple(sorted({one.subject for one in known.competences}))
    for index, policy in enumerate(reform.policies):
        at = ("offices", index)
        for body, where in ((policy.body, (*at, "from", "body")), (policy.to_body, (*at, "body"))):
            if body is not None and body not in bodies:
                hint = Suggest(body, bodies).hint()
                vi, en = f'không có loại cơ quan "{body}".{hint.vi}', f'no office has the body "{body}".{hint.en}'
                yield source.at(*where), "unknown-body", vi, en
        if policy.body in bodies and not kinds[policy.level, policy.body]:
            vi = f"không cơ quan nào loại {policy.body} cấp {policy.level} đóng ngày {reform.date}; bỏ mục này"
            en = f"no office of body {policy.body} on level {policy.level} closes on {reform.date}; remove this entry"
            yield source.at(*at, "from"), "nothing-closes", vi, en
        for procedure in sorted((policy.procedures or frozenset()) - set(subjects)):
            hint = Suggest(procedure, subjects).hint()
            vi = f'không có thẩm quyền nào về thủ tục "{procedure}".{hint.vi}'
            en = f'nobody is competent for a procedure "{procedure}".{hint.en}'
            yield source.at(*at, "from", "procedures"), "unknown-procedure", vi, en
        earlier = next((one for one in reform.policies[:index] if one.covers(policy)), None)
        if earlier is not None:
            vi = f'không bao giờ đến lượt mục này: mục "{earlier.name}" ở trên đã gồm mọi trường hợp của nó'
            en = f'this entry is never reached: "{earlier.name}" above covers all of it'
            yield source.at(*at, "name"), "never-reached", vi, en
        if policy.to == "competent" and policy.to_body is not None:
            vi, en = "to: competent tự tìm cơ quan; bỏ body", "to: competent finds the office itself; remove body"
            yield source.key(*at, "body"), "body-not-used", vi, en


def _divisions(reform: Reform, known: Map, source: Source) -> Iterator[Finding]:
    seen: set[tuple[str, str, str]] = set()
    for index, division in enumerate(reform.divisions):
        at = ("divisions", index)
        if not division.name:
            vi, en = "cần hamlet hoặc parcel", "hamlet or parcel is needed"
            yield source.at(*at), "division-of-what", vi, en
        elif division.asked in seen:
            vi, en = f"“{division.name}” đã có ở trên", f"“{division.name}” stands above already"
            yield source.at(*at), "division-twice", vi, en
        seen.add(division.asked)
        unit = known.territory.find(division.commune, "commune", max(reform.last_day, known.territory.first))
        parts = {one.unit.code for one in known.territory.successors(unit.id, reform.date)} if unit else set()
        if division.to not in parts:
            listed = Both(", ".join(sorted(parts)) or "không có", ", ".join(sorted(parts)) or "none")
            vi = f"xã {division.commune} không có phần nào về {division.to}. Được dùng: {listed.vi}"
            en = f"no part of commune {division.commune} went to {division.to}. Available: {listed.en}"
            yield source.at(*at, "to"), "not-a-part", vi, en


def _contacts(reform: Reform, known: Map, source: Source) -> Iterator[Finding]:
    for index, contact in enumerate(reform.contacts):
        at = ("contacts", index)
        office = known.offices.get(contact.office)
        if office is None or not office.valid(reform.date):
            vi = f"không có cơ quan {contact.office} hoạt động ngày {reform.date}"
            en = f"there is no office {contact.office} on {reform.date}"
            yield source.at(*at, "office"), "unknown-office", vi, en
        if contact.hotline is None and contact.address is None:
            vi, en = "cần hotline hoặc address", "hotline or address is needed"
            yield source.at(*at), "contact-of-what", vi, en
