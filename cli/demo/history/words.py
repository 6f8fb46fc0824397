"""What people write in the demonstration: reasons, notes, questions and answers."""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, tuple[str, ...]] = {
    "refuse": (
        "Hồ sơ không thuộc thẩm quyền giải quyết của Ủy ban nhân dân phường.",
        "Thiếu bản chính để đối chiếu; người nộp chưa bổ sung được trong ngày.",
    ),
    "ask": (
        "Bản chụp giấy tờ bị mờ, không đọc được số và ngày cấp; xin nộp lại bản rõ.",
        "Thông tin trên tờ khai khác với giấy tờ kèm theo; xin kê khai lại và ký tên.",
        "Còn thiếu giấy tờ chứng minh; xin bổ sung trong một lần theo danh mục.",
    ),
    "back": (
        "Dự thảo ghi sai năm sinh; đề nghị kiểm tra lại rồi trình.",
        "Thiếu căn cứ pháp lý ở phần đầu văn bản.",
    ),
    "withdraw": ("Người nộp đề nghị rút hồ sơ để chuẩn bị lại giấy tờ.",),
    "stop": (
        "Không đủ điều kiện giải quyết theo quy định; đã giải thích cho người nộp.",
        "Thửa đất đang có tranh chấp được Tòa án thụ lý.",
    ),
    "step": ("Đã kiểm tra và làm rõ.",),
}
"""Reasons by the effect of the action."""

NOTES = (
    "Người nộp hẹn chiều mai mang bản chính tới đối chiếu.",
    "Đã gọi điện giải thích; người nộp đồng ý nhận kết quả tại trung tâm.",
    "Đối chiếu với cơ sở dữ liệu dân cư: trùng khớp.",
    "Hồ sơ của người cao tuổi, ưu tiên giải quyết trước.",
    "Bản vẽ khổ A3 để trong bìa hồ sơ giấy số 14.",
)
QUESTIONS = (
    "Đề nghị xác nhận tình trạng hôn nhân của người yêu cầu trong thời gian cư trú tại địa phương.",
    "Đề nghị cho biết sổ hộ tịch năm nêu trong tờ khai có được lưu tại địa phương không.",
)
ANSWERS = (
    "Đã tra sổ và cơ sở dữ liệu: thông tin đúng như người yêu cầu khai.",
    "Người yêu cầu cư trú tại địa phương đến tháng 3/2019; trong thời gian đó chưa đăng ký kết hôn.",
)
CORRECTION = "Người nộp báo ghi sai số nhà khi nộp hồ sơ."
FEWER_COPIES = "Người nộp giảm số bản cần cấp."
WAIVED = "Khoản 1 Điều 11 Luật Hộ tịch 2014"
APOLOGY = "Số lượng hồ sơ trong tuần tăng cao; xin lỗi và hẹn lại ngày trả."
RECALLED = "Chuyển nhầm khi chưa kẹp đủ giấy tờ."
LOOK = "Đối chiếu số định danh khi người nộp gọi điện hỏi."
AUTHORITY = "Giấy ủy quyền có chứng thực số 118"
REJECTED = (
    "Bản chụp bị mờ ở phần dấu và chữ ký.",
    "Tờ khai chưa ghi số định danh của người mẹ.",
    "Giấy tờ đã hết hạn vào tháng trước.",
)
FREED = "Người giữ hồ sơ đi tập huấn đến hết tuần."
PASSED_ON = "Nơi cư trú thực tế thuộc địa bàn phường bên cạnh."
PASSED_ON_BY = "Công văn 214/UBND-VP về phối hợp giải quyết hồ sơ giáp ranh"
ABSENT = "Quyết định 37/QĐ-UBND về việc cử người thay thế trong thời gian nghỉ phép"
MESSAGES = (
    (
        "Tôi đi công tác đến cuối tuần, con tôi nhận thay kết quả được không?",
        "Được. Người nhận thay mang giấy ủy quyền và căn cước của mình, cùng giấy tiếp nhận của bạn.",
    ),
    ("Tôi đổi số điện thoại rồi, làm sao để vẫn nhận được tin?", "Bạn mang căn cước đến quầy để cập nhật số mới."),
    ("Giấy tiếp nhận của tôi bị rách mất góc có mã QR.", "Bạn đến quầy, chúng tôi in lại giấy tiếp nhận cho bạn."),
    ("Hồ sơ của tôi có cần bổ sung gì nữa không?", "Hồ sơ của bạn đã đủ, bạn không cần làm gì thêm."),
    ("Tôi có thể đến nhận vào giờ trưa không?", "Trung tâm nghỉ trưa; mời bạn đến trong giờ làm việc."),
)
"""What applicants write, each with what the office answers."""
PRAISE = (
    "Cán bộ hướng dẫn rõ ràng, không phải đi lại nhiều.",
    "Có tin nhắn báo từng bước nên yên tâm.",
    "Nhanh hơn giấy hẹn.",
)
COMPLAINTS = ("Phải chờ lâu ở quầy vào sáng thứ Hai.", "Trả trễ mà chỉ báo sát ngày.", "Nên nói rõ cần giấy gì từ đầu.")
"""What people add to a rating."""
