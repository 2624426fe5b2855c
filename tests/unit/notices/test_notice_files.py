"""What the operator's sender finds in its directory: whole messages, each once, with whole addresses."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from marketplace.adapters.notice_files import NoticeFiles
from marketplace.notices.port import DeliveryFailed
from marketplace.notices.types import NoticeId, NoticeKind, Outgoing

CODE = Outgoing(
    id=NoticeId(12),
    kind=NoticeKind.CODE,
    phone="+8613800000001",
    email=None,
    language="zh-Hans",
    text="验证码 246810",
    link="/sign-in/code",
    created_at=datetime(2026, 11, 23, 4, 0, tzinfo=UTC),
)


def test_a_message_is_one_whole_file_that_strangers_cannot_read(tmp_path: Path) -> None:
    channel = NoticeFiles(tmp_path / "out", "https://shop.example")
    channel.deliver(CODE)
    channel.deliver(CODE)
    (found,) = (tmp_path / "out").iterdir()
    assert found.name == "000000000012.json"
    assert found.stat().st_mode & 0o007 == 0
    assert json.loads(found.read_text(encoding="utf-8")) == {
        "id": 12,
        "kind": "code",
        "phone": "+8613800000001",
        "email": None,
        "language": "zh-Hans",
        "text": "验证码 246810",
        "link": "https://shop.example/sign-in/code",
        "created_at": "2026-11-23T04:00:00+00:00",
    }
    assert not channel.keeps_text


def test_what_cannot_be_written_is_tried_again_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DeliveryFailed):
        NoticeFiles(tmp_path / "file", "https://shop.example").deliver(CODE)
    (tmp_path / "000000000012.json").mkdir()
    with pytest.raises(DeliveryFailed):
        NoticeFiles(tmp_path, "https://shop.example").deliver(CODE)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["000000000012.json", "file"]
