"""Writes a new workflow file and its first story from a few answers.

The file breaks no rule. Places that nobody but the author can know are marked: a comment with ``MARK`` stands there,
and what no legal text confirms yet has ``verified: false``, which the linter lists.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from string import Template

from engine.text import Text

MARK = Text("ĐIỀN:", "FILL IN:")
"""The word that marks a place to fill in, by the language of the comments."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a new file is made of. ``days`` is the term in working days, 0: the same day. ``fee`` is in đồng.

    ``english`` is the name in English; empty: it is left out, which the linter reports. ``sector`` has the code of the
    field of administration and its names.
    """

    procedure: str
    name: str
    english: str
    sector: tuple[str, Text]
    legal: tuple[str, ...]
    days: int
    fee: int
    first_day: dt.date
    language: str = "vi"


def workflow_text(answers: Answers) -> str:
    """The workflow file."""
    code, sector = answers.sector
    hours = _hours(answers.days)
    english = f", en: {_quoted(answers.english)}" if answers.english else ""
    return _filled(
        _FILE,
        answers.language,
        procedure=_quoted(answers.procedure),
        name=f"{{vi: {_quoted(answers.name)}{english}}}",
        legal=", ".join(map(_quoted, answers.legal)),
        first_day=answers.first_day.isoformat(),
        sector=f"{{code: {code}, vi: {_quoted(sector.vi)}, en: {_quoted(sector.en)}}}",
        fees=_FEES.replace("$fee", str(answers.fee)) if answers.fee else "",
        guard=", guard: fees.settled" if answers.fee else "",
        unit="working_day" if answers.days else "same_day",
        total=f"\n  total: {answers.days}" if answers.days else '\n  cutoff: "15:00"',
        warn="\n  warn: {before: 1}" if answers.days > 1 else "",
        near="\n  - {event: due_in(1), to: holder, via: [inbox], template: sap-den-han}" if answers.days > 1 else "",
        received=hours[0],
        checked=hours[1],
        signed=hours[2],
    )


def story_text(answers: Answers, commune: str, province: str) -> str:
    """The file of the first story: the usual way, in a commune that exists on the first day."""
    day = answers.first_day + dt.timedelta(days=-answers.first_day.weekday() % 7)
    return _filled(
        _STORY,
        answers.language,
        procedure=_quoted(answers.procedure),
        day=day.isoformat(),
        commune=_quoted(commune),
        province=_quoted(province),
        settled=_SETTLED.replace("$day", day.isoformat()) if answers.fee else "",
    )


def to_fill_in(text: str) -> list[tuple[int, str]]:
    """The marked places of a file: the number of the line, and what is to be filled in."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        for mark in (MARK.vi, MARK.en):
            if mark in line:
                found.append((number, line.partition(mark)[2].strip()))
    return found


def _hours(days: int) -> tuple[str, str, str]:
    """The limits of the three steps, whose sum is within the term."""
    if days > 1:
        return "hours: 4", f"days: {days - 1.5:g}", "hours: 4"
    return "hours: 1", "hours: 4", "hours: 2"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _filled(template: str, language: str, **words: str) -> str:
    """The template with its words, and of its comments those of one language."""
    other = "#vi " if language == "en" else "#en "
    lines: Iterable[str] = Template(template).substitute(words).splitlines()
    kept = (line for line in lines if not line.lstrip().startswith(other))
    return "".join(f"{line.replace('#vi ', '# ', 1).replace('#en ', '# ', 1)}\n" for line in kept)


_FEES = """
fees:
  le_phi: {vi: Lệ phí, en: Fee, vnd: $fee, collect: on_return, verified: false}
"""

_SETTLED = """
      - {at: $day 15:20, do: return, by: counter, refused: guard-failed}
      - {at: $day 15:25, act: settle, fee: 0}"""

# ruff: noqa: E501  lines of a workflow file stand as their authors would write them
_FILE = """\
#vi Quy trình mới. Kiểm tra: motcua workflows lint. Định dạng: docs/workflow-file.md
#en A new procedure. Check it by: motcua workflows lint. The format: docs/workflow-file.md
procedure: $procedure
version: 1
name: $name
#vi ĐIỀN: tên ngắn cho danh sách, tối đa 40 ký tự: short: {vi: …, en: …}
#en FILL IN: a short name for lists, at most 40 characters: short: {vi: …, en: …}
legal: [$legal]
effective: {from: $first_day, running: keep}
sector: $sector
channels: [counter, portal, post]
#vi ĐIỀN: ai được nộp: citizen, business, organisation, state_body, foreigner
#en FILL IN: who may file: citizen, business, organisation, state_body, foreigner
applicants: [citizen]

roles:
  counter:    {vi: Cán bộ tiếp nhận, en: Counter clerk, unit: intake}
  specialist: {vi: Chuyên viên thụ lý, en: Specialist, unit: handler}
  leader:     {vi: Lãnh đạo ký, en: Signing leader, unit: handler}

#vi Cơ quan giải quyết là cơ quan mà competences.csv nêu cho thủ tục này và xã này.
#en The office that decides is the one that competences.csv names for this procedure and this commune.
routing:
  intake: any_centre_in_province
  handler: {by: competent, place: request.commune}

#vi ĐIỀN: những gì người nộp khai; mỗi trường là một dữ kiện mà điều kiện hỏi được
#en FILL IN: what the applicant states; each field is a fact that conditions can ask for
fields:
  request.commune: {type: unit, vi: Xã phường giải quyết, en: Commune that decides, required: true}
  request.content: {type: long_text, vi: Nội dung đề nghị, en: What is asked for, required: true, max: 2000}

#vi ĐIỀN: thành phần hồ sơ theo quyết định công bố, mỗi thứ mấy bản
#en FILL IN: the papers of the published decision, and how many copies of each
documents:
  don:     {vi: Đơn đề nghị, en: Application, original: 1, verified: false}
  ket_qua: {vi: Kết quả giải quyết, en: Result, result: true}
$fees
sla:
  unit: $unit
  calendar: vn$total
  starts: receive$warn
  extensions: 1
  verified: false

#vi Trạng thái theo thứ tự của hồ sơ; portal là mã của Cổng quốc gia. Tổng hạn các bước không quá thời hạn.
#en The states in the order of a dossier; portal is the national code. The step limits add up to no more than the term.
states:
  new:        {vi: Mới đăng ký, en: Newly registered, portal: 1, initial: true}
  accepted:   {vi: Được tiếp nhận, en: Received, portal: 2, role: counter, $received}
  checking:   {vi: Đang thẩm định, en: Being examined, portal: 4, role: specialist, $checked}
  supplement: {vi: Yêu cầu bổ sung giấy tờ, en: Supplement requested, portal: 5, clock: paused, remind: 5}
  signing:    {vi: Chờ ký, en: Waiting for signature, portal: 4, role: leader, $signed}
  ready:      {vi: Đã xử lý xong, en: Result ready, portal: 9, role: counter}
  returned:   {vi: Đã trả kết quả, en: Result returned, portal: 10, final: true}
  refused:    {vi: Không được tiếp nhận, en: Not received, portal: 3, final: true}
  withdrawn:  {vi: Công dân rút hồ sơ, en: Withdrawn by the applicant, portal: 7, final: true}
  stopped:    {vi: Dừng xử lý, en: Processing stopped, portal: 8, final: true}

actions:
  receive:   {vi: Tiếp nhận, en: Receive, from: new, to: accepted, by: counter, guard: documents.complete, print: mau-01}
  refuse:    {vi: Từ chối tiếp nhận, en: Refuse to receive, from: new, to: refused, by: counter, reason: required, print: mau-03}
  forward:   {vi: Chuyển xử lý, en: Forward, from: accepted, to: checking, by: counter, print: mau-06}
  ask:       {vi: Yêu cầu bổ sung, en: Request a supplement, from: checking, to: supplement, by: specialist, reason: required, warn_after: 1, print: mau-02}
  resubmit:  {vi: Đã bổ sung, en: Supplemented, from: supplement, to: checking, by: [counter, applicant]}
  expire:    {vi: Tự động dừng do không bổ sung, en: Stop because nothing was supplemented, from: supplement, to: stopped, by: system, after: 30 working days, print: mau-05}
  submit:    {vi: Trình ký, en: Submit for signature, from: checking, to: signing, by: specialist}
  send_back: {vi: Trả lại bước trước, en: Send back, from: signing, to: checking, by: leader, reason: required, effect: back}
  sign:      {vi: Ký duyệt, en: Sign, from: signing, to: ready, by: leader, attach: ket_qua, signature: digital}
  return:    {vi: Trả kết quả, en: Return the result, from: ready, to: returned, by: counter$guard}
  withdraw:  {vi: Rút hồ sơ, en: Withdraw, from: [new, accepted, checking, supplement], to: withdrawn, by: applicant}
  stop:      {vi: Dừng giải quyết, en: Stop processing, from: [checking, supplement], to: stopped, by: leader, reason: required, print: mau-05}

notify:
  - {event: entered(accepted), to: applicant, via: [sms, email], template: da-tiep-nhan}
  - {event: entered(refused), to: applicant, via: [sms, email], template: tu-choi-tiep-nhan}
  - {event: entered(supplement), to: applicant, via: [sms, email], template: can-bo-sung}
  - {event: remind(supplement), to: applicant, via: [sms, email], template: nhac-bo-sung}
  - {event: entered(ready), to: applicant, via: [sms, email], template: co-ket-qua}
  - {event: entered(returned), to: applicant, via: [email], template: da-tra-ket-qua}
  - {event: entered(withdrawn), to: applicant, via: [sms, email], template: da-rut-ho-so}
  - {event: entered(stopped), to: applicant, via: [sms, email], template: dung-giai-quyet}$near
  - {event: overdue, to: [applicant, leader], via: [sms, email, inbox], template: qua-han, print: mau-04}
"""

_STORY = """\
#vi Câu chuyện mẫu: motcua workflows test đi từng bước và so với điều chờ đợi. Giờ là giờ Việt Nam.
#en Golden stories: motcua workflows test walks each step and compares. Times are those of Viet Nam.
procedure: $procedure
scenarios:
  - vi: Trường hợp thông thường
    en: The usual way
    given:
      filed: $day 08:00
      commune: $commune
      province: $province
      fields:
        request.commune: $commune
        request.content: Đề nghị giải quyết
    steps:
      #vi ĐIỀN: ngày hẹn, tính tay theo lịch, không chép từ chương trình: due: năm-tháng-ngày giờ:phút
      #en FILL IN: the appointment, worked out on the calendar, not copied from the program: due: year-month-day hour:minute
      - {at: $day 08:30, do: receive, by: counter, state: accepted, portal: 2, clock: running, forms: [mau-01], notices: [da-tiep-nhan]}
      - {at: $day 09:00, do: forward, by: counter, state: checking, portal: 4}
      - {at: $day 10:00, do: submit, by: specialist, state: signing}
      - {at: $day 15:00, do: sign, by: leader, attach: ket_qua, state: ready, portal: 9, clock: stopped, notices: [co-ket-qua]}$settled
      - {at: $day 15:30, do: return, by: counter, state: returned, portal: 10, notices: [da-tra-ket-qua]}
  #vi ĐIỀN: thêm chuyện bổ sung, từ chối, rút hồ sơ, gia hạn; motcua workflows test --coverage nói còn thiếu gì
  #en FILL IN: more stories, of a supplement, a refusal, a withdrawal; motcua workflows test --coverage names what lacks one
"""
