"""The names of the acts that every procedure has. All other acts are actions, named by the workflow file."""

from __future__ import annotations

from engine.rules.procedure.definition import Release
from engine.text import Text

ACT_NAMES = {
    "file": Text("nộp hồ sơ", "file"),
    "open": Text("mở xem hồ sơ", "open"),
    "claim": Text("nhận xử lý", "claim"),
    "release_claim": Text("trả lại việc đang nhận", "give back"),
    "free_claim": Text("gỡ việc nhận của người vắng mặt", "free a claim"),
    "assign": Text("phân công", "assign"),
    "recall": Text("thu hồi bước vừa làm", "recall"),
    "add_document": Text("thêm giấy tờ", "add a document"),
    "check_document": Text("kiểm tra giấy tờ", "check a document"),
    "remove_document": Text("gỡ giấy tờ", "remove a document"),
    "open_charge": Text("yêu cầu nộp bằng chuyển khoản", "ask for payment by transfer"),
    "receive_payment": Text("nhận tiền chuyển khoản", "receive a transfer"),
    "order_refund": Text("yêu cầu cổng thanh toán hoàn tiền", "order a refund at the gateway"),
    "conclude_refund": Text("ghi kết quả hoàn tiền qua cổng", "note the outcome of a refund at the gateway"),
    "settle_fee": Text("thu phí, lệ phí", "settle a fee"),
    "settle_refund": Text("hoàn trả phí, lệ phí nộp thừa", "pay back what was paid too much"),
    "correct_payment": Text("điều chỉnh khoản đã thu", "correct a payment"),
    "cancel_payment": Text("hủy bút toán đã ghi", "cancel a payment, waiver or refund"),
    "add_note": Text("ghi chú", "add a note"),
    "send_message": Text("nhắn cho người nộp", "message to the applicant"),
    "write_message": Text("nhắn cho cơ quan", "message to the office"),
    "ask_verification": Text("hỏi cơ quan khác", "ask another office"),
    "answer_verification": Text("trả lời xác minh", "answer another office"),
    "extend_deadline": Text("gia hạn", "extend the time limit"),
    "transfer": Text("chuyển cơ quan", "transfer"),
    "issue_form": Text("cấp biểu mẫu", "issue a form"),
    "archive_export": Text("đóng gói lưu trữ", "pack for the archive"),
    "archive_receipt": Text("giao nộp lưu trữ, có biên nhận", "transfer to the archive, with a receipt"),
    "archive_destroy": Text("tiêu hủy theo thời hạn bảo quản", "destroy by the schedule of retention"),
    "import": Text("chuyển từ hệ thống cũ", "bring in from a predecessor system"),
    "rectify": Text("đính chính", "rectify"),
    "link": Text("liên kết hồ sơ", "link"),
    "renew_link": Text("cấp lại đường dẫn tra cứu", "renew the citizen's link"),
    "migrate": Text("chuyển sang phiên bản quy trình mới", "move to a new release"),
    "migrate_revert": Text("hoàn lại việc chuyển phiên bản quy trình", "take back the move to a new release"),
    "recount": Text("tính lại ngày hẹn theo lịch làm việc", "count the due date anew by the working calendar"),
    "intake_overdue": Text("đánh dấu quá giờ tiếp nhận", "mark as waiting too long for reception"),
    "reopen": Text("mở lại hồ sơ", "reopen"),
    "refile": Text("hủy tiếp nhận do sai thủ tục", "cancel the reception and file anew"),
    "add_party": Text("ghi người đại diện hoặc người cùng nộp", "name a representative or co-applicant"),
    "end_party": Text("thôi người đại diện hoặc người cùng nộp", "end a representative or co-applicant"),
    "hand_over": Text("ghi người nhận kết quả", "record who collects the result"),
    "succeed_applicant": Text("người thừa kế tiếp tục hồ sơ", "let an heir go on"),
    "choose_notices": Text("bật hoặc tắt thông báo", "turn notices on or off"),
    "mirror": Text("ghi theo hệ thống của cơ quan khác", "follow another system"),
    "overdue": Text("đánh dấu quá hạn", "mark as overdue"),
    "reform": Text("chuyển cơ quan do sắp xếp đơn vị hành chính", "move by a reorganisation"),
    "reform_revert": Text("hoàn lại việc chuyển do sắp xếp", "take back the move by a reorganisation"),
}


def act_name(act: str, release: Release) -> Text:
    """The name of an act of a dossier under this release; the key itself where it has none."""
    action = release.actions.get(act)
    return action.name if action else ACT_NAMES.get(act, Text(act, act))
