# ruff: noqa: E501  a sentence stands on one line, so that it can be found by its words
"""What is said of a diagram: what is refused, what is left out of the draft, and what is to be decided in it."""

from workflows.rule_book.rule import Rule, error, information, warning

REFUSED: dict[str, Rule] = {
    "bpmn-not-xml": error(
        "không phải XML đúng ({why}). Xuất lại sơ đồ thành tệp BPMN 2.0 (.bpmn) từ công cụ vẽ.",
        "not well-formed XML ({why}). Export the diagram again from the modelling tool as a BPMN 2.0 file (.bpmn).",
    ),
    "bpmn-entities": error(
        "tệp có khai báo DOCTYPE, có thể giấu thực thể nguy hiểm, nên không được đọc. Sơ đồ BPMN không cần nó: xóa khai báo rồi thử lại.",
        "the file has a DOCTYPE declaration, which can hide dangerous entities, and is not read. A BPMN diagram needs none: remove it and try again.",
    ),
    "bpmn-encoding": error(
        "không đọc được bảng mã mà tệp khai. Lưu lại tệp với bảng mã UTF-8.",
        "the file names an encoding that cannot be read. Save it again with the encoding UTF-8.",
    ),
    "bpmn-too-large": error(
        "sơ đồ quá lớn: tối đa {most}. Tách thành nhiều thủ tục, hoặc chỉ xuất một quy trình.",
        "the diagram is too large: at most {most}. Split it into several procedures, or export one process only.",
    ),
    "bpmn-too-deep": error(
        "các phần tử lồng nhau quá {most} cấp. Xuất lại sơ đồ từ công cụ vẽ.",
        "elements are nested more than {most} levels deep. Export the diagram again from the modelling tool.",
    ),
    "bpmn-not-bpmn": error(
        'phần tử gốc là "{root}", không phải definitions của BPMN 2.0 (không gian tên http://www.omg.org/spec/BPMN/20100524/MODEL). Xuất lại sơ đồ thành BPMN 2.0.',
        'the root element is "{root}", not the definitions of BPMN 2.0 (namespace http://www.omg.org/spec/BPMN/20100524/MODEL). Export the diagram again as BPMN 2.0.',
    ),
    "bpmn-no-process": error(
        "sơ đồ không có quy trình (process) nào có bước. Vẽ ít nhất một công việc giữa sự kiện bắt đầu và kết thúc.",
        "the diagram has no process with a step. Draw at least one task between a start and an end event.",
    ),
    "bpmn-unknown-process": error(
        'không có quy trình có id "{id}". Trong tệp có: {known}.',
        'there is no process with the id "{id}". The file has: {known}.',
    ),
    "bpmn-duplicate-id": error(
        'id "{id}" đã dùng ở dòng {line}. Mỗi phần tử cần một id riêng: đổi id trong công cụ vẽ.',
        'the id "{id}" was already used on line {line}. Each element needs an id of its own: change it in the modelling tool.',
    ),
    "bpmn-no-id": error(
        "{what} không có id, nên không luồng nào tới được nó. Xuất lại sơ đồ từ công cụ vẽ.",
        "{what} has no id, so no flow can lead to it. Export the diagram again from the modelling tool.",
    ),
    "bpmn-dangling": error(
        '{what} "{id}" chỉ tới "{ref}", không có trong quy trình này. Nối lại nó trong công cụ vẽ.',
        '{what} "{id}" refers to "{ref}", which is not in this process. Connect it again in the modelling tool.',
    ),
    "bpmn-no-start": error(
        "quy trình không có sự kiện bắt đầu, và không rõ bước nào là bước đầu. Thêm một sự kiện bắt đầu có luồng tới bước đầu tiên.",
        "the process has no start event, and it is not clear which step is the first. Add a start event with a flow to the first step.",
    ),
    "bpmn-too-many": error(
        "sơ đồ cho quá nhiều {what}: tối đa {most}. Tách thành nhiều thủ tục, hoặc bớt các cổng nối tiếp nhau.",
        "the diagram gives too many {what}: at most {most}. Split it into several procedures, or use fewer gateways in a row.",
    ),
}
"""No draft is made."""

LEFT_OUT: dict[str, Rule] = {
    "bpmn-parallel": warning(
        '{what} "{name}" ({id}) cho nhiều nhánh cùng chạy, còn một hồ sơ mỗi lúc chỉ ở một trạng thái. Bản nháp coi các nhánh là lựa chọn; hãy viết chúng nối tiếp, hoặc thành một thao tác chung (joint).',
        '{what} "{name}" ({id}) lets several branches run, but a dossier is in one state at a time. The draft takes them as a choice; write them one after another, or as one joint action (joint).',
    ),
    "bpmn-split": warning(
        'bước "{name}" ({id}) có nhiều luồng ra không điều kiện, tức là cùng chạy. Bản nháp coi chúng là lựa chọn; nếu đúng vậy, vẽ một cổng loại trừ sau bước này.',
        'several flows without a condition leave the step "{name}" ({id}), so all of them would run. The draft takes them as a choice; if that is meant, draw an exclusive gateway behind the step.',
    ),
    "bpmn-event-gateway": warning(
        '{what} "{name}" ({id}) chờ sự kiện đến trước; bản nháp coi các nhánh là lựa chọn của cán bộ. Với nhánh hẹn giờ, viết thao tác by: system với after.',
        '{what} "{name}" ({id}) waits for the first event; the draft takes its branches as a choice of the person. For a branch with a timer, write an action by: system with after.',
    ),
    "bpmn-event": warning(
        '{what} "{name}" ({id}) không có trong bản nháp: luồng đi thẳng qua nó. Việc chờ viết thành trạng thái (clock: paused), hẹn giờ thành after, việc gửi tin thành notify.',
        '{what} "{name}" ({id}) is not in the draft: the flow leads straight through. Write a wait as a state (clock: paused), a timer as after, a message that is sent as notify.',
    ),
    "bpmn-boundary": warning(
        '{what} "{name}" ({id}) trên bước "{host}" không có trong bản nháp: chỉ nhập hẹn giờ có ngắt bước. Viết một thao tác từ bước đó.',
        '{what} "{name}" ({id}) on the step "{host}" is not in the draft: only interrupting timers are imported. Write an action from that step.',
    ),
    "bpmn-duration": warning(
        'thời gian "{text}" của {what} "{name}" ({id}) không nhập được: chỉ nhập P30D, P4W, "30 working_day", "8 working_hour". Bản nháp giao thao tác này cho một người; viết after và by: system nếu hệ thống tự làm.',
        'the duration "{text}" of {what} "{name}" ({id}) cannot be imported: P30D, P4W, "30 working_day", "8 working_hour" can. The draft gives this action to a person; write after and by: system if it happens by itself.',
    ),
    "bpmn-trigger": warning(
        '{what} "{name}" ({id}) có {event}; bản nháp chỉ giữ chỗ bắt đầu hoặc kết thúc. Hồ sơ bắt đầu khi nộp; việc gửi tin khi kết thúc viết trong notify.',
        '{what} "{name}" ({id}) has {event}; the draft keeps only that it begins or ends here. A dossier begins when it is filed; write what is sent at the end as notify.',
    ),
    "bpmn-many-starts": warning(
        'sự kiện bắt đầu "{name}" ({id}) không được nhập: một thủ tục bắt đầu ở một chỗ. Nối nó vào sự kiện bắt đầu đầu tiên, hoặc làm thủ tục riêng.',
        'the start event "{name}" ({id}) is not imported: a procedure begins in one place. Join it to the first start event, or make it a procedure of its own.',
    ),
    "bpmn-subprocess": warning(
        '{what} "{name}" ({id}) được nhập thành một bước; các bước bên trong không có trong bản nháp. Vẽ chúng ở quy trình chính, hoặc viết thành hồ sơ con (children).',
        '{what} "{name}" ({id}) is imported as one step; the steps inside it are not in the draft. Draw them in the main process, or write them as a linked dossier (children).',
    ),
    "bpmn-event-subprocess": warning(
        '{what} "{name}" ({id}) không có trong bản nháp. Viết việc xảy ra bất cứ lúc nào thành thao tác từ nhiều trạng thái.',
        '{what} "{name}" ({id}) is not in the draft. Write what may happen at any time as an action from several states.',
    ),
    "bpmn-task-kind": warning(
        '{what} "{name}" ({id}) do máy làm; bản nháp coi nó là bước của một người. Giữ như vậy, hoặc bỏ bước này và viết notify hay after.',
        '{what} "{name}" ({id}) is done by a machine; the draft makes it a step of a person. Keep it so, or remove the step and write notify or after.',
    ),
    "bpmn-loop": warning(
        'bước "{name}" ({id}) có dấu lặp hoặc nhiều phiên; bản nháp làm nó một lần. Nếu phải lặp, vẽ luồng quay lại; nếu nhiều người cùng làm, viết joint.',
        'the step "{name}" ({id}) is marked as a loop or as several instances; the draft does it once. If it repeats, draw a flow back; if several people do it, write joint.',
    ),
    "bpmn-message-flow": warning(
        'luồng tin "{name}" ({id}) giữa hai bên không có trong bản nháp. Tin cho người nộp viết trong notify.',
        'the message flow "{name}" ({id}) between two pools is not in the draft. Write messages to the applicant as notify.',
    ),
    "bpmn-other-process": warning(
        'quy trình "{name}" ({id}) không được nhập: bản nháp lấy quy trình nhiều bước nhất. Nhập riêng nó bằng cách ghi id ấy khi nhập (trên trang, hoặc --process {id}).',
        'the process "{name}" ({id}) is not imported: the draft takes the one with most steps. Import it by itself by giving that id (on the page, or --process {id}).',
    ),
    "bpmn-pool": warning(
        'bên tham gia "{name}" ({id}) không có quy trình riêng, nên không có trong bản nháp.',
        'the pool "{name}" ({id}) has no process of its own, so it is not in the draft.',
    ),
    "bpmn-condition": warning(
        'điều kiện "{text}" của luồng "{name}" ({id}) không viết bằng ngôn ngữ điều kiện của tệp quy trình. Bản nháp để người làm chọn và ghi lại điều kiện trong chú thích; viết guard hoặc when nếu phần mềm phải xét.',
        'the condition "{text}" of the flow "{name}" ({id}) is not in the language of conditions of workflow files. The draft lets the person choose and keeps the condition in a comment; write guard or when if the software is to decide.',
    ),
    "bpmn-flow-default": warning(
        '{what} "{name}" ({id}) có luồng mặc định "{ref}" không đi ra từ nó. Bản nháp bỏ qua; chọn lại luồng mặc định trong công cụ vẽ.',
        '{what} "{name}" ({id}) has the default flow "{ref}", which does not leave it. The draft ignores it; choose the default flow again in the modelling tool.',
    ),
    "bpmn-lane-ref": warning(
        'làn "{name}" ({id}) chứa "{ref}", không có trong quy trình này. Bản nháp bỏ qua.',
        'the lane "{name}" ({id}) holds "{ref}", which is not in this process. The draft ignores it.',
    ),
    "bpmn-gateway-loop": warning(
        'các cổng quanh "{name}" ({id}) dẫn lại chính nó mà không qua bước nào. Bản nháp bỏ vòng này; vẽ một bước ở giữa.',
        'the gateways around "{name}" ({id}) lead back to themselves without a step. The draft leaves that circle out; draw a step in between.',
    ),
    "bpmn-nowhere": warning(
        '{what} "{name}" ({id}) không có luồng ra, nên các luồng tới nó không có trong bản nháp. Nối nó tới một bước hoặc sự kiện kết thúc.',
        '{what} "{name}" ({id}) has no flow that leaves it, so the flows to it are not in the draft. Connect it to a step or to an end event.',
    ),
    "bpmn-no-way-out": warning(
        'bước "{name}" ({id}) không có luồng ra. Bản nháp cho kết thúc hồ sơ ở đó; vẽ sự kiện kết thúc nếu đúng.',
        'no flow leaves the step "{name}" ({id}). The draft lets the dossier end there; draw an end event if that is meant.',
    ),
    "bpmn-unreached": warning(
        '{what} "{name}" ({id}) không thể tới được từ sự kiện bắt đầu, nên không có trong bản nháp. Nối nó vào luồng nếu cần.',
        '{what} "{name}" ({id}) cannot be reached from the start event, so it is not in the draft. Connect it if it is needed.',
    ),
    "bpmn-unknown-element": warning(
        '{what} "{name}" ({id}) không có trong bản nháp.',
        '{what} "{name}" ({id}) is not in the draft.',
    ),
    "bpmn-notes-cut": warning(
        "chú thích trong sơ đồ dài quá {most} ký tự; phần sau không có trong bản nháp. Giữ tệp sơ đồ bên cạnh.",
        "the notes of the diagram are longer than {most} characters; the rest is not in the draft. Keep the diagram beside it.",
    ),
}
"""The draft is made without it, or with something simpler."""

TOLD: dict[str, Rule] = {
    "bpmn-no-name": information(
        '{what} ({id}) không có tên; bản nháp đặt "{key}". Đặt tên cho nó.',
        '{what} ({id}) has no name; the draft calls it "{key}". Give it one.',
    ),
    "bpmn-filing": information(
        'bước "{name}" ({id}) của người nộp là việc nộp hồ sơ: hồ sơ bắt đầu ở bước sau nó.',
        'the step "{name}" ({id}) of the applicant is the filing itself: a dossier begins at the step after it.',
    ),
    "bpmn-data": information(
        '{what} "{name}" ({id}) có thể là giấy tờ hoặc trường thông tin; bản nháp nêu tên nó trong chú thích.',
        '{what} "{name}" ({id}) may be a paper or a field; the draft names it in a comment.',
    ),
    "bpmn-decide-code": information(
        "Quyết định ở đây: mã thủ tục. BPMN không có mã; bản nháp ghi {code}.",
        "Decide here: the code of the procedure. BPMN has none; the draft says {code}.",
    ),
    "bpmn-decide-legal": information(
        "Quyết định ở đây: căn cứ pháp lý, ngày áp dụng, lĩnh vực. BPMN không nói; căn cứ trong bản nháp chỉ để giữ chỗ.",
        "Decide here: the legal basis, the first day, the field of administration. BPMN does not say; the basis in the draft only keeps the place.",
    ),
    "bpmn-decide-roles": information(
        "Quyết định ở đây: vai trò nào thuộc cơ quan nào. Bản nháp lấy vai trò từ làn và người thực hiện của sơ đồ ({count}).",
        "Decide here: which role belongs to which office. The draft takes the roles from the lanes and performers of the diagram ({count}).",
    ),
    "bpmn-decide-fields": information(
        "Quyết định ở đây: người nộp khai những gì. BPMN không nói; điều kiện chỉ hỏi được các trường khai báo ở đây.",
        "Decide here: what the applicant states. BPMN does not say; conditions can only ask for fields that are declared here.",
    ),
    "bpmn-decide-papers": information(
        "Quyết định ở đây: thành phần hồ sơ, số bản, và phí. BPMN không nói.",
        "Decide here: the papers, how many copies of each, and fees. BPMN does not say.",
    ),
    "bpmn-decide-term": information(
        "Quyết định ở đây: thời hạn giải quyết và hạn từng bước. BPMN không nói; bản nháp ghi {days} ngày làm việc, chưa kiểm chứng.",
        "Decide here: the time limit and the limit of each step. BPMN does not say; the draft has {days} working days, not verified.",
    ),
    "bpmn-decide-portal": information(
        "Quyết định ở đây: mã Cổng quốc gia của {count} trạng thái. BPMN không nói; bản nháp đoán theo tên và vị trí.",
        "Decide here: the national portal's code of {count} states. BPMN does not say; the draft goes by names and places.",
    ),
    "bpmn-decide-forms": information(
        "Quyết định ở đây: mẫu in ra, lý do, giấy tờ đính kèm, chữ ký của từng thao tác. BPMN không nói.",
        "Decide here: the form, the reason, the paper and the signature that each action needs. BPMN does not say.",
    ),
    "bpmn-decide-notices": information(
        "Quyết định ở đây: báo cho ai, khi nào. BPMN không nói; bản nháp có các thông báo thường dùng.",
        "Decide here: who is told what, and when. BPMN does not say; the draft has the usual notices.",
    ),
}
"""Worth knowing, and what a diagram cannot say."""

SENTENCES: dict[str, Rule] = REFUSED | LEFT_OUT | TOLD
"""Every sentence by its id."""
