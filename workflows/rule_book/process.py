# ruff: noqa: E501  a sentence stands on one line, so that it can be found by its words
"""The sentences of rules about a procedure's process: states, roles, actions and notices."""

from workflows.rule_book.rule import Rule, error, warning

STATES: dict[str, Rule] = {
    "no-initial": error(
        "chưa có trạng thái bắt đầu. Thêm initial: true vào trạng thái mới đăng ký.",
        "no state is the first one. Add initial: true to the state of a newly filed dossier.",
    ),
    "two-initials": error(
        'trạng thái "{state}" cũng là trạng thái bắt đầu, sau "{first}". Chỉ giữ một initial: true.',
        'state "{state}" is also an initial one, after "{first}". Keep one initial: true.',
    ),
    "initial-portal": error(
        'trạng thái bắt đầu "{state}" có mã Cổng {portal}; hồ sơ mới nộp là mã 1. Đặt portal: 1',
        'the initial state "{state}" has portal code {portal}; a newly filed dossier is code 1. Set portal: 1',
    ),
    "unreachable-state": error(
        'không có thao tác nào dẫn tới trạng thái "{state}" từ lúc nộp hồ sơ. Thêm thao tác đến nó hoặc bỏ nó.',
        'state "{state}" cannot be reached from the filing of a dossier. Add an action to it or remove it.',
    ),
    "dead-end": error(
        'trạng thái "{state}" không có lối ra và không phải trạng thái cuối. Thêm thao tác từ nó, hoặc final: true',
        'state "{state}" has no way out and is not final. Add an action from it, or final: true',
    ),
    "no-path-to-final": error(
        'từ trạng thái "{state}" không thể đi tới trạng thái cuối nào. Thêm thao tác dẫn ra khỏi vòng này.',
        'no final state can be reached from "{state}". Add an action that leads out of this circle.',
    ),
    "final-with-exit": error(
        'thao tác "{action}" đi từ trạng thái cuối "{state}". Bỏ final: true hoặc bỏ thao tác.',
        'action "{action}" leaves the final state "{state}". Remove final: true or the action.',
    ),
    "final-portal": error(
        'trạng thái cuối "{state}" có mã Cổng {portal}: Cổng sẽ hiện hồ sơ chưa xong mãi mãi. Dùng 3, 7, 8 hoặc 10.',
        'the final state "{state}" has portal code {portal}: the portal would show it unfinished for ever. Use 3, 7, 8 or 10.',
    ),
    "portal-clock": error(
        'đồng hồ "{clock}" trái với mã Cổng {portal} của trạng thái "{state}". Được dùng: {allowed}.',
        'clock "{clock}" contradicts portal code {portal} of state "{state}". Available: {allowed}.',
    ),
    "endless-pause": error(
        'đồng hồ tạm dừng ở "{state}" mà không có "remind": hồ sơ có thể chờ mãi không ai thấy. Thêm remind: số ngày',
        'clock is paused in "{state}" with no "remind": a dossier could wait forever unseen. Add remind: days',
    ),
    "silent-remind": warning(
        '"remind" ở trạng thái "{state}" không nhắc ai: không có thông báo nào. Thêm vào notify: {{event: remind({state}), …}}',
        '"remind" in state "{state}" reaches nobody: no notice goes with it. Add to notify: {{event: remind({state}), …}}',
    ),
    "stuck-case": warning(
        'ở trạng thái "{state}" không thao tác nào làm được khi {case}: hồ sơ đứng mãi ở đó. Thêm một thao tác không có guard.',
        'in state "{state}" no action is possible when {case}: a dossier stays there for ever. Add an action without a guard.',
    ),
    "nobody-holds": warning(
        'đồng hồ chạy ở "{state}" mà không vai trò nào giữ hồ sơ. Thêm role: …',
        'the clock runs in "{state}" but no role holds the dossier there. Add role: …',
    ),
    "holder-cannot-act": warning(
        'vai trò "{role}" giữ hồ sơ ở "{state}" nhưng không có thao tác nào từ đó. Thêm "{role}" vào by: của một thao tác.',
        'role "{role}" holds the dossier in "{state}" but can do no action there. Add "{role}" to an action\'s by.',
    ),
    "idle-remind": warning(
        '"remind" ở trạng thái "{state}" không có tác dụng: đồng hồ không tạm dừng ở đó. Bỏ remind.',
        '"remind" in state "{state}" does nothing: the clock is not paused there. Remove remind.',
    ),
    "unknown-state": error(
        '{where} dùng trạng thái "{state}" chưa khai báo.{hint}',
        '{where} names the state "{state}", which is not defined.{hint}',
    ),
}


ACTIONS: dict[str, Rule] = {
    "unknown-role": error(
        '{where} dùng vai trò "{role}" chưa khai báo.{hint}',
        '{where} names the role "{role}", which is not defined.{hint}',
    ),
    "unknown-action": error(
        '{where} dùng thao tác "{action}" chưa khai báo.{hint}',
        '{where} names the action "{action}", which is not defined.{hint}',
    ),
    "unknown-act": error(
        "{where} không có thao tác chung nào tên “{name}” giao được cho một số vai trò, ví dụ {example}.",
        "{where}: no act “{name}” can be narrowed to some roles; one is {example}.",
    ),
    "reserved-role": error(
        'tên vai trò "{role}" đã dành sẵn cho hệ thống. Đặt tên khác.',
        'the role name "{role}" is built in. Choose another name.',
    ),
    "intake-role": error(
        'vai trò "{role}" thuộc đơn vị "{unit}" không có trong routing.{hint}',
        'role "{role}" belongs to unit "{unit}", which is not in routing.{hint}',
    ),
    "unused-role": warning(
        'vai trò "{role}" không giữ trạng thái nào và không làm thao tác nào. Bỏ nó.',
        'role "{role}" holds no state and does no action. Remove it.',
    ),
    "attach-undeclared": error(
        'thao tác "{action}" đính kèm "{document}" chưa có trong documents.{hint} Kết quả khai báo với result: true',
        'action "{action}" attaches "{document}", which is not in documents.{hint} A result is declared with result: true',
    ),
    "receive-missing": error(
        "không có thao tác tiếp nhận (từ mã Cổng 1 sang 2): hồ sơ không bao giờ có ngày hẹn. Thêm một thao tác.",
        "no action receives a dossier (from portal code 1 to 2): it would never get a due date. Add one.",
    ),
    "return-missing": error(
        "không có thao tác trả kết quả (đến mã Cổng 10). Thêm một thao tác.",
        "no action returns the result (to portal code 10). Add one.",
    ),
    "system-without-after": error(
        'thao tác "{action}" do hệ thống làm nhưng không nói khi nào. Thêm after: 5 working days',
        'action "{action}" is done by the system but does not say when. Add after: 5 working days',
    ),
    "after-without-system": error(
        'thao tác "{action}" có "after" nhưng không do hệ thống làm. Đặt by: system',
        'action "{action}" has "after" but is not done by the system. Set by: system',
    ),
    "timer-needs-person": error(
        'thao tác tự động "{action}" không thể có {needs}: hệ thống không có lý do, giấy tờ hay chữ ký. Bỏ khóa này.',
        'the timed action "{action}" cannot have {needs}: the system has no reason, paper or signature to give. Remove it.',
    ),
    "joint-step": error(
        'thao tác chung "{action}" không dùng được: {why}. Ví dụ: by: [land, fire, planning], joint: 2',
        'the joint action "{action}" cannot be used: {why}. For example: by: [land, fire, planning], joint: 2',
    ),
    "two-timers": error(
        'thao tác "{action}" và "{other}" tự chạy cùng lúc từ trạng thái "{state}". Đổi thời gian của một thao tác.',
        'actions "{action}" and "{other}" would fire at the same moment from state "{state}". Change the time of one.',
    ),
    "ambiguous-effect": error(
        'không rõ ý nghĩa của thao tác "{action}": có thể là {effects}. Thêm effect: … hoặc tách thao tác.',
        'the meaning of action "{action}" is not clear: it may be {effects}. Add effect: … or split it.',
    ),
    "effect-portal": error(
        'effect: {effect} của thao tác "{action}" trái với mã Cổng của trạng thái "{state}" ({portal}). Cần mã {wanted}.',
        'effect: {effect} of action "{action}" contradicts the portal code of state "{state}" ({portal}). It needs {wanted}.',
    ),
    "never-allowed": error(
        'guard của thao tác "{action}" không bao giờ đúng: không ai làm được thao tác này. Sửa guard hoặc bỏ thao tác.',
        'the guard of action "{action}" holds in no case: nobody can ever take it. Correct the guard or remove the action.',
    ),
    "template-missing": error(
        'chưa có mẫu thông báo "{template}" trong workflows/notices.{hint}',
        'there is no notice template "{template}" in workflows/notices.{hint}',
    ),
    "notice-languages": warning(
        'mẫu thông báo "{template}" nói không giống nhau ở hai thứ tiếng: {which} chỉ có ở bản {language}. Sửa mẫu.',
        'the notice template "{template}" does not say the same in both languages: {which} stands in {language} only. Correct it.',
    ),
}
