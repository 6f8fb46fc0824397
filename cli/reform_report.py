"""Describes a reform and its plan in words and as a picture, for their approval."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from adapters.reform_picture import Section, Words, plan_page
from engine.rules.offices.competence import LEVEL_NAMES
from engine.rules.offices.routing import Map
from engine.rules.reform.policy import Basis, Reform, changed_units, closing_kinds, moved_competences
from engine.rules.reform.totals import OUTCOMES, Totals
from engine.rules.reform.words import office_name, passage_in_words
from engine.rules.territory.units import Level, Unit
from engine.text import Text

_OUTCOMES = {
    "stays": Text("giữ nguyên", "stay"),
    "moves": Text("chuyển", "move"),
    "person": Text("cần người quyết định", "need a person"),
    "without": Text("không có cơ quan tiếp nhận", "have no office to go to"),
}
_MOST_LINES = 40


def reform_lines(reform: Reform, known: Map, vi: bool) -> Iterator[str]:
    """The reform in words: its legal basis, and the changes of units, offices and competences on its day."""
    language = "vi" if vi else "en"
    yield f"{reform.date:%d/%m/%Y}: {reform.name.in_(language)}"
    for basis in reform.legal:
        yield f"  {basis.text}: {basis.about.in_(language)}{_unread(basis, vi)}"
    changes = Counter(
        (known.territory.unit(edge.from_id).level, edge.kind) for edge in changed_units(known.territory, reform.date)
    )
    yield "Đơn vị thay đổi:" if vi else "Units that change:"
    for (level, kind), count in sorted(changes.items()):
        yield f"  {LEVEL_NAMES[level].in_(language)}, {kind}: {count}"
    yield "Cơ quan đóng và hồ sơ của chúng:" if vi else "Offices that close, and their dossiers:"
    for (level, body), count in sorted(closing_kinds(known.offices.all(), reform.date).items()):
        yield f"  {body}, {LEVEL_NAMES[level].in_(language)}: {count}"
        yield from (f"    {line}" for line in _policy_lines(reform, level, body, language))
    yield "Thẩm quyền chuyển:" if vi else "Competences that move:"
    for moved in moved_competences(known.competences, reform.date):
        before = "; ".join(one.in_words().in_(language) for one in moved.before) or "–"
        after = "; ".join(one.in_words().in_(language) for one in moved.after) or "–"
        yield f"  {moved.subject}: {before} → {after}"


def _unread(basis: Basis, vi: bool) -> str:
    if basis.verified:
        return ""
    return " (chưa đối chiếu với Công báo)" if vi else " (not read in the official gazette)"


def _policy_lines(reform: Reform, level: Level, body: str, language: str) -> Iterator[str]:
    for policy in reform.policies:
        if (policy.level, policy.body) == (level, body):
            which = ", ".join(sorted((policy.procedures or frozenset()) | (policy.keys or frozenset())))
            yield f"{f'[{which}] ' if which else ''}{policy.why.in_(language)} ({policy.legal})"


def plan_lines(totals: Totals, known: Map, vi: bool) -> Iterator[str]:
    """The plan in words: the totals, the deadlines, the open decisions, the clerks, and the blocking dossiers."""
    language = "vi" if vi else "en"
    reform, count = totals.reform, sum(totals.outcomes.values())
    legal = ", ".join(one.text + _unread(one, vi) for one in reform.legal)
    yield f"{reform.date:%d/%m/%Y}: {reform.name.in_(language)} ({legal})"
    yield f"{count} hồ sơ đang giải quyết:" if vi else f"{count} live dossiers:"
    for outcome in OUTCOMES:
        yield f"  {totals.outcomes[outcome]:>9} {_OUTCOMES[outcome].in_(language)}"
    if totals.left_behind:
        yield (
            f"Trong số giữ nguyên, {totals.left_behind} hồ sơ còn chờ quyết định của một lần sắp xếp trước; lần này "
            "không động đến."
            if vi
            else f"Of those that stay, {totals.left_behind} wait for a decision of an earlier reform; this one does "
            "not reach them."
        )
    yield (
        f"Thời hạn: không hồ sơ nào bị tính lại từ đầu; {totals.running} hồ sơ đang chạy thời hạn vẫn giữ nguyên, "
        f"{totals.other_hours} hồ sơ đến cơ quan có ngày nghỉ riêng khác."
        if vi
        else f"Deadlines: none restarts; {totals.running} running clocks go on, {totals.other_hours} dossiers come to "
        "an office with other closures."
    )
    yield from _procedure_lines(totals, vi)
    yield from _person_lines(totals, known, vi)
    yield from _member_lines(totals, vi)
    yield (
        f"Tên đổi trên giấy tờ: {len(totals.names)} đơn vị."
        if vi
        else f"Names that change on paper: {len(totals.names)} units."
    )
    yield from _without_lines(totals, known, language)
    yield f"{'Mã kế hoạch' if vi else 'Plan'}: {totals.digest}"


def _procedure_lines(totals: Totals, vi: bool) -> Iterator[str]:
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for (procedure, outcome), count in totals.by_procedure.items():
        rows[procedure][outcome] += count
    yield "Theo thủ tục:" if vi else "By procedure:"
    for procedure, counted in sorted(rows.items()):
        words = (f"{counted[one]} {_OUTCOMES[one].in_('vi' if vi else 'en')}" for one in OUTCOMES if counted[one])
        yield f"  {procedure}: {', '.join(words)}"


def _person_lines(totals: Totals, known: Map, vi: bool) -> Iterator[str]:
    open_groups = [
        (totals.dossiers[number], group.passage)
        for number, group in enumerate(totals.groups)
        if group.passage.candidates
    ]
    if not open_groups:
        return
    yield "Cần người quyết định:" if vi else "A person must decide:"
    by_words: Counter[str] = Counter()
    for count, passage in open_groups:
        by_words[passage_in_words(passage, totals.reform, known).in_("vi" if vi else "en")] += count
    ordered = sorted(by_words.items(), key=lambda pair: (-pair[1], pair[0]))
    yield from (f"  {count:>6} {words}" for words, count in ordered[:_MOST_LINES])
    if len(ordered) > _MOST_LINES:
        more = len(ordered) - _MOST_LINES
        yield f"  … và {more} nhóm khác" if vi else f"  … and {more} more groups"


def _member_lines(totals: Totals, vi: bool) -> Iterator[str]:
    follow = sum(one["to"] is not None for one in totals.members)
    assign = len(totals.members) - follow
    yield (
        f"Cán bộ: {follow} vai trò chuyển theo cơ quan kế thừa, {assign} vai trò cần phân công."
        if vi
        else f"Clerks: {follow} roles follow to the office that succeeds, {assign} need an assignment."
    )


def _without_lines(totals: Totals, known: Map, language: str) -> Iterator[str]:
    if not totals.without:
        return
    yield "CHƯA ÁP DỤNG ĐƯỢC:" if language == "vi" else "CANNOT BE APPLIED:"
    for code, passage in totals.without[:_MOST_LINES]:
        yield f"  {code}: {passage_in_words(passage, totals.reform, known).in_(language)}"


def plan_picture(totals: Totals, known: Map, vi: bool) -> str:
    """The page with the flow between provinces, and one picture for every province of the new order."""
    language = "vi" if vi else "en"
    words = (
        Words("vi", "Đơn vị cũ", "Đơn vị mới", "hồ sơ", "các đơn vị khác")
        if vi
        else Words("en", "Old units", "New units", "dossiers", "other units")
    )
    unknown = "chờ người quyết định" if vi else "waiting for a person"
    provinces: Counter[tuple[str, str]] = Counter()
    within: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for (source, target), count in sorted(totals.flow.items(), key=str):
        left, old_province = _place(source, known)
        right, new_province = _place(target, known) if target is not None else (unknown, unknown)
        provinces[old_province, new_province] += count
        home = new_province if target is not None else old_province
        within[home][left, right] += count
    overview = Section("Theo tỉnh, thành phố" if vi else "By province", provinces)
    details = [Section(name, flows) for name, flows in sorted(within.items())]
    facts = [(_OUTCOMES[one].in_(language).capitalize(), str(totals.outcomes[one])) for one in OUTCOMES]
    facts += [(one.text, one.about.in_(language) + _unread(one, vi)) for one in totals.reform.legal]
    facts.append(("Mã kế hoạch" if vi else "Plan", totals.digest))
    title = f"{totals.reform.name.in_(language)}, {totals.reform.date:%d/%m/%Y}"
    return plan_page(title, facts, [overview, *details], words)


def _place(code: str, known: Map) -> tuple[str, str]:
    """The names of an office's unit and of its province; an old commune counts with its district."""
    office = known.offices.get(code)
    if office is None:
        return code, "?"
    unit: Unit = known.territory.unit(office.unit_id)
    chain = known.territory.parent_chain(unit)
    province = next((one for one in (unit, *chain) if one.level == "province"), unit)
    district = next((one for one in (unit, *chain) if one.level == "district"), None)
    branch = unit.level == "province" and bool(office.area) and office.body.endswith("branch")
    name = office_name(code, known.offices).vi if branch else (district or unit).name_vi
    return name, province.name_vi
