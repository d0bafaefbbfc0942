"""Files are what their content is: type, size and number are checked, names cleaned, contents kept once."""

import pytest

from kesu.complaints import attachments, receipts
from kesu.complaints.attachments import Upload
from kesu.engine import clock
from kesu.engine.errors import Invalid, NotFound
from tests.complaints.companies import complaint
from tests.conftest import shared

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(40)
PDF = b"%PDF-1.7\n" + bytes(40)
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(40)


def problem(name, content):
    return str(attachments.examine([Upload(name, content)])[1][0])


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", PNG, "image/png"),
        ("a.JPG", JPEG, "image/jpeg"),
        ("a.jpeg", JPEG, "image/jpeg"),
        ("a.pdf", PDF, "application/pdf"),
        ("a.mp4", MP4, "video/mp4"),
    ],
)
def test_photos_videos_and_pdfs_are_taken(name, content, kind):
    files, problems = attachments.examine([Upload(name, content)])
    assert not problems and files[0].content_type == kind


def test_a_programme_called_a_photo_is_not_taken():
    assert problem("photo.jpg", b"MZ\x90\x00" + bytes(100)).startswith("photo.jpg is neither a photo")
    assert problem("photo.svg", b"<svg onload='alert(1)'/>").startswith("photo.svg is neither a photo")
    assert problem("page.pdf", b"<html><script>").startswith("page.pdf is neither")


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("photo.jpg", PNG, "photo.png"),
        ("photo.jpg", PDF, "photo.pdf"),
        ("IMG_0001", JPEG, "IMG_0001.jpg"),
        ("Foto vom 3.12", JPEG, "Foto vom 3.12.jpg"),
        ("photo.jfif", JPEG, "photo.jfif"),
        ("photo.jpg.exe", JPEG, "photo.jpg"),
        ("照片.HEIC", JPEG, "照片.jpg"),
        ("微信图片", PNG, "微信图片.png"),
        ("clip.3gp", MP4, "clip.mp4"),
        ("", JPEG, "attachment.jpg"),
        ("scan.tmp", b"\r\n%PDF-1.4\n" + bytes(40), "scan.pdf"),
        ("camera.dat", b"\x00\x00\x00\x18ftypXAVC" + bytes(40), "camera.mp4"),
        ("screen.bmp", b"BM" + bytes(60), "screen.bmp"),
        ("voice.mp3", b"#!AMR\n" + bytes(40), "voice.amr"),
    ],
)
def test_a_file_with_another_ending_is_kept_under_what_it_is(name, content, kept):
    files, problems = attachments.examine([Upload(name, content)])
    assert not problems and files[0].name == kept


def test_the_photo_of_the_faults_is_taken_as_the_png_it_is():
    content = shared("faults", "inputs", "photo-with-another-ending.jpg").read_bytes()
    files, problems = attachments.examine([Upload("photo-with-another-ending.jpg", content)])
    assert not problems and files[0].name == "photo-with-another-ending.png"
    assert files[0].content_type == "image/png"


@pytest.mark.parametrize(
    "content",
    [b"\x7fELF" + bytes(60), b"PK\x03\x04" + bytes(60), b"#!/bin/sh\n", b"<svg/>", b"<html>%PDF-"],
)
def test_what_is_a_programme_or_a_page_stays_out(content):
    assert "is neither a photo" in problem("photo.jpg", content)


def test_empty_and_too_large_files_are_named():
    assert problem("a.png", b"") == "a.png is empty."
    assert problem("a.png", PNG + bytes(attachments.LARGEST)) == "a.png is larger than 25 MB."


def test_too_many_files_are_refused():
    assert "at most 10 files, got 11" in str(attachments.examine([Upload(f"{n}.png", PNG) for n in range(11)])[1][0])


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("..\\..\\windows\\evil.png", "evil.png"),
        ("/etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.png", "aSet-Cookie x.png"),
        ("", "attachment"),
        ("..", "attachment"),
        ("gnp.\u202egpj.png", "gnp.gpj.png"),
        ("照片.jpg", "照片.jpg"),
        ("x" * 300 + ".png", "x" * 100 + ".png"),
    ],
)
def test_names_lose_folders_and_tricks(given, clean):
    assert attachments.clean_name(given) == clean


def test_the_same_content_is_kept_once_and_read_only_with_its_case(company):
    one = receipts.receive(company, complaint(), channel="web").reference
    other = receipts.receive(company, complaint(title="other"), channel="web").reference
    with company.write() as connection:
        first = attachments.add(connection, one, attachments.accept([Upload("a.png", PNG)]), at=clock.now(), actor="ines")[0]
        attachments.add(connection, other, attachments.accept([Upload("b.png", PNG)]), at=clock.now(), actor="ines")
        assert len(connection.execute(attachments.blobs.select()).all()) == 1
        row, content = attachments.read(connection, one, first)
        assert (row.name, content) == ("a.png", PNG)
        with pytest.raises(NotFound):
            attachments.read(connection, other, first)


def test_a_case_cannot_be_filled_without_end(company):
    reference = receipts.receive(company, complaint(), channel="web").reference
    with company.write() as connection:
        ten = attachments.accept([Upload(f"{n}.png", PNG + bytes([n])) for n in range(10)])
        attachments.add(connection, reference, ten, at=clock.now(), actor="ines")
        with pytest.raises(Invalid, match="at most 10 files, got 11"):
            attachments.add(connection, reference, ten[:1], at=clock.now(), actor="ines")
