import pytest

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.source.xml_files import read_xml, text_of

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
REFUSED = {
    "entity bomb": (
        f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l9;</a>',
        "declares XML",
    ),
    "one large entity": (f'<!DOCTYPE a [<!ENTITY x "{"y" * 9999}">]><a>&x;</a>', "declares XML entities"),
    "file": ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "declares XML entities"),
    "not XML": ("annotation", "a.xml is not XML: syntax error"),
    "cut": ("<a><b>", "a.xml is not XML: no element found"),
    "empty": ("", "a.xml is not XML"),
    "unknown encoding": ('<?xml version="1.0" encoding="klingon"?><a/>', "a.xml is not XML"),
}


@pytest.mark.parametrize(("text", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_plain_xml_is_refused_by_name(tmp_path, text, why):
    path = tmp_path / "a.xml"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=why):
        read_xml(path, name="a.xml")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_encodings_are_read(tmp_path, encoding):
    path = tmp_path / "a.xml"
    said = "utf-8" if encoding == "utf-8-sig" else encoding
    path.write_bytes(f'<?xml version="1.0" encoding="{said}"?><a><name> Größe </name></a>'.encode(encoding))
    root = read_xml(path)
    assert text_of(root, "name") == "Größe"
    assert text_of(root, "missing") == ""
    assert text_of(None) == ""


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InvalidInput, match=r"no\.xml cannot be read"):
        read_xml(tmp_path / "no.xml")
