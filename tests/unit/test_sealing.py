"""What is sealed opens only with the secret and for the purpose it was sealed for."""

from engine.security.sealing import seal, unseal

OLD, NEW = "an old secret of some length 0000", "a new secret of some length 11111"


def test_opens_with_the_secret_that_sealed_it_also_after_a_rotation() -> None:
    assert unseal([NEW, OLD], seal(OLD, b"answer", b"a"), b"a") == b"answer"


def test_opens_with_no_other_secret_and_for_no_other_purpose() -> None:
    sealed = seal(OLD, b"answer", b"a")
    assert unseal([NEW], sealed, b"a") is None
    assert unseal([OLD], sealed, b"b") is None


def test_a_changed_or_cut_content_does_not_open() -> None:
    sealed = bytearray(seal(OLD, b"answer", b"a"))
    sealed[-1] ^= 1
    assert unseal([OLD], bytes(sealed), b"a") is None
    assert unseal([OLD], b"short", b"a") is None


def test_the_content_cannot_be_read_from_it_and_is_sealed_anew_each_time() -> None:
    one, other = (seal(OLD, b"link_token", b"a") for _ in range(2))
    assert b"link_token" not in one
    assert one != other
