import codecs
import json
import random
import re
import struct
import time

import pytest

from models.errors import InvalidInputError, UnreadableFileError
from models.text.documents import (
    SUPPORTED_EXTENSIONS,
    ReadLimits,
    passages_from_lines,
    read_document,
    tabular_columns,
)
from models.text.documents.encodings import decode
from tests.models.text.file_makers import TEXTS, make_docx, make_docx_of_xml, make_pdf, make_zip

LEGACY = [
    ("ru", "cp1251", "Windows-1251"),
    ("ru", "koi8_r", "KOI8-R"),
    ("ru", "cp866", "IBM866"),
    ("ja", "shift_jis", "Shift-JIS"),
    ("ja", "euc_jp", "EUC-JP"),
    ("ja", "iso2022_jp", "ISO-2022-JP"),
    ("zh", "gb18030", "GB18030"),
    ("zh", "gb2312", "GB18030"),
    ("zh_tw", "big5", "Big5"),
    ("zh_tw", "gb18030", "GB18030"),
    ("ko", "euc_kr", "EUC-KR"),
    ("th", "tis_620", "Windows-874"),
    ("th", "cp874", "Windows-874"),
    ("ar", "cp1256", "Windows-1256"),
    ("ar", "iso8859_6", "ISO 8859-6"),
    ("pl", "cp1250", "Windows-1250"),
    ("pl", "iso8859_2", "ISO 8859-2"),
    ("tr", "cp1254", "Windows-1254"),
    *((code, "cp1252", "Windows-1252") for code in ("de", "es", "fr", "it", "nl", "pt")),
    *((code, "mac_roman", "Mac Roman") for code in ("de", "es", "fr")),
]


def read_error(name: str, data: bytes, **options: object) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read_document(name, data, **options)  # type: ignore[arg-type]
    return str(caught.value)


def texts(name: str, data: bytes, **options: object) -> list[str]:
    return [passage.text for passage in read_document(name, data, **options).passages]  # type: ignore[arg-type]


class TestEncodings:
    @pytest.mark.parametrize(("code", "codec", "name"), LEGACY)
    def test_a_short_legacy_text_is_read(self, code, codec, name):
        contents = read_document("letter.txt", TEXTS[code].encode(codec))
        assert [passage.text for passage in contents.passages] == [TEXTS[code]]
        assert contents.encoding == name
        assert contents.passages[0].language == code

    @pytest.mark.parametrize(("code", "codec", "name"), LEGACY)
    def test_a_longer_legacy_text_between_ascii_columns_is_read(self, code, codec, name):
        rows = "".join(f'{number},"{TEXTS[code]}",https://example.org/{number}\n' for number in range(50))
        assert decode(f"id,text,link\n{rows}".encode(codec)).encoding == name

    @pytest.mark.parametrize("code", TEXTS)
    @pytest.mark.parametrize("codec", ["utf_8", "utf_8_sig", "utf_16", "utf_16_le", "utf_16_be", "utf_32"])
    def test_unicode_is_read_with_and_without_byte_order_mark(self, code, codec):
        data = f"{TEXTS[code]}\n".encode(codec)
        contents = read_document("letter.txt", data)
        assert [passage.text for passage in contents.passages] == [TEXTS[code]]
        assert contents.encoding == codec.upper().replace("_SIG", "").replace("_", "-", 1).replace("_", " ")

    def test_utf_16_big_endian_with_a_mark(self):
        data = codecs.BOM_UTF16_BE + TEXTS["ru"].encode("utf_16_be")
        assert texts("letter.txt", data) == [TEXTS["ru"]]

    def test_a_guess_is_said_and_certainty_is_not(self):
        assert read_document("old.txt", TEXTS["ru"].encode("cp1251")).notes == [
            "The encoding of old.txt was detected as Windows-1251; check that its letters look right."
        ]
        assert read_document("new.txt", TEXTS["ru"].encode()).notes == []

    def test_utf_8_with_a_damaged_byte_is_still_utf_8_and_says_so(self):
        data = (TEXTS["ru"] * 20).encode() + b"\xff end"
        contents = read_document("damaged.txt", data)
        assert contents.encoding == "UTF-8"
        assert "1 characters of damaged.txt are not UTF-8 and are shown as \ufffd." in contents.notes

    def test_a_language_outside_the_sixteen_is_left_to_the_general_detector(self):
        decoded = decode("Įžymūs žmonės gyvena šalia ežerų, čia švietė saulė; žąsys plaukė per ežerą.".encode("cp1257"))
        assert decoded.guessed

    def test_all_line_ends_count_the_same(self):
        for end in ("\n", "\r\n", "\r"):
            passages = read_document("a.txt", f"First line{end}{end}Third line".encode()).passages
            assert [passage.line for passage in passages] == [1, 3]


class TestPlainText:
    def test_script_tags_are_kept_as_text(self):
        assert texts("a.txt", b"Hello <script>alert('x')</script> & <b>world</b>") == [
            "Hello <script>alert('x')</script> & <b>world</b>"
        ]

    def test_places_languages_and_positions(self):
        data = f"{TEXTS['en']}\n\n{TEXTS['ja']}\n".encode()
        passages = read_document("two.txt", data).passages
        assert [(p.place, p.line, p.language, p.position, p.document) for p in passages] == [
            ("line 1", 1, "en", 0, "two.txt"),
            ("line 3", 3, "ja", 1, "two.txt"),
        ]

    def test_a_huge_line_is_read_up_to_the_limit_and_the_note_says_so(self):
        contents = read_document("huge.txt", b"word " * 200_000, limits=ReadLimits(max_passages=100))
        assert len(contents.passages) == 100
        assert contents.notes == ["Only the first 100 passages were read, up to line 1: huge.txt is longer."]

    def test_markdown_loses_its_markup_but_not_its_lines(self):
        data = (
            b"---\ntitle: x\n---\n# The **title**\nSome [link](http://x.org) text\nthat goes on.\n\n"
            b"> a quote\n> of two\n\n- first `item`\n- [x] second item\n  goes on\n\n"
            b"| Cats | Dogs |\n|---|---|\n| sleep | bark |\n\n2 * 3 * 4 = 24\n"
        )
        contents = read_document("a.md", data)
        assert [(p.line, p.text) for p in contents.passages] == [
            (4, "The title"),
            (5, "Some link text that goes on."),
            (8, "a quote of two"),
            (11, "first item"),
            (12, "second item goes on"),
            (15, "Cats | Dogs"),
            (17, "sleep | bark"),
            (19, "2 * 3 * 4 = 24"),
        ]
        assert contents.notes == ["The first 3 lines of a.md are front matter and were left out."]


class TestTables:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
    def test_delimiters_are_found_and_the_longest_column_is_read(self, delimiter, name):
        rows = [["id", "body", "price"], ["1", "The library is open", "1.5"], ["2", "The museum is closed", "2.5"]]
        data = "\r\n".join(delimiter.join(row) for row in rows).encode()
        contents = read_document(name, data)
        assert tabular_columns(name, data) == ["id", "body", "price"]
        assert [(p.text, p.place, p.line) for p in contents.passages] == [
            ("The library is open", "row 2", 2),
            ("The museum is closed", "row 3", 3),
        ]
        assert contents.notes == [f'The text of {name} was read from the column "body", which has the longest cells.']

    def test_decimal_commas_do_not_hide_the_semicolon(self):
        data = b"text;price\nA sentence, with commas, in it;1,5\nAnother sentence;2,5\n"
        assert texts("a.csv", data) == ["A sentence, with commas, in it", "Another sentence"]

    def test_a_chosen_column_and_a_topic(self):
        data = b"topic,en,de\nsun,The sun shines,Die Sonne scheint hell\n,No topic here,Hier gibt es keines\n"
        passages = read_document("a.csv", data, text_column="en", topic_column="topic").passages
        assert [(p.text, p.topic) for p in passages] == [("The sun shines", "sun"), ("No topic here", None)]

    def test_a_column_that_is_not_there(self):
        assert read_error("a.csv", b"id,text\n1,Hello there\n", text_column="body") == (
            'a.csv has no column "body". Choose one of its columns: "id", "text".'
        )

    def test_columns_without_header_or_name_are_numbered(self):
        data = b"This is the first sentence.\tDas ist der erste Satz.\nAnd the second one.\tUnd der zweite.\n"
        assert tabular_columns("pairs.tsv", data) == ["column 1", "column 2"]
        assert len(read_document("pairs.tsv", data).passages) == 2
        assert tabular_columns("a.csv", b",text,text\n1,one sentence here,two\n") == ["column 1", "text", "text (3)"]

    def test_a_doubtful_header_is_said(self):
        contents = read_document("words.csv", b"sun,Sonne\nmoon,Mond\nstar,Stern\n")
        assert 'The first row of words.csv was taken for the names of its columns: "sun", "Sonne".' in contents.notes

    def test_lines_without_a_delimiter_are_one_column(self):
        data = (
            b"I like cats, dogs and birds.\nThe library is open.\nNobody came.\nIt rained, of course, all day, again.\n"
        )
        assert texts("lines.csv", data) == data.decode().splitlines()

    def test_an_unclosed_quote_costs_nothing_but_itself(self):
        rows = "".join(f"{number},Sentence number {number}\n" for number in range(4, 2_000))
        data = f'id,text\n1,"Closed, quoted"\n2,"never closed\n3,"two\nlines"\n{rows}'.encode()
        contents = read_document("broken.csv", data)
        assert [p.text for p in contents.passages[:4]] == [
            "Closed, quoted",
            "never closed",
            "two lines",
            "Sentence number 4",
        ]
        assert len(contents.passages) == 1_999
        assert "Row 3 of broken.csv has quotes that do not pair up and were read as they stand." in contents.notes

    def test_quotes_inside_words_and_after_text_are_kept(self):
        data = b'id,text\n1,"He said ""yes"" to all"\n2,A 5" pipe is wide\n3,"abc"def ghi jkl\n'
        contents = read_document("a.csv", data)
        assert [p.text for p in contents.passages] == ['He said "yes" to all', 'A 5" pipe is wide', 'abc"def ghi jkl']

    def test_surplus_cells_are_not_lost(self):
        contents = read_document("a.csv", b"id,text\n1,one sentence\n2,Yes, we can, of course\n3,another sentence\n")
        assert [p.text for p in contents.passages][1] == "Yes, we can, of course"
        assert any(note.startswith("Row 3 of a.csv has more cells than there are columns") for note in contents.notes)

    def test_rows_without_text_are_counted(self):
        contents = read_document("a.csv", b"id,text\n1,Some text here\n2,\n3\n4,More text here\n")
        assert 'Rows 3, 4 of a.csv have no text in the column "text" and were left out.' in contents.notes
        assert read_error("b.csv", b"id,text,note\n1,Some text here,\n", text_column="note") == (
            'b.csv has no text in the column "note". Choose another column.'
        )

    def test_a_million_rows_are_read_up_to_the_limit_without_reading_the_rest(self):
        data = b"id,text\n" + b"7,row of text\n" * 1_000_000
        started = time.perf_counter()
        contents = read_document("big.csv", data, limits=ReadLimits(max_passages=2_000))
        assert time.perf_counter() - started < 10
        assert len(contents.passages) == 2_000
        assert "Only the first 2,000 rows were read: big.csv has about 1,000,000 rows." in contents.notes

    def test_json_lines(self):
        lines = [
            json.dumps({"id": 1, "text": "Die Bibliothek ist geöffnet", "tags": ["a", "b"]}, ensure_ascii=False),
            "{broken",
            "",
            json.dumps("Just a string of words"),
            "[1, 2]",
            "[" * 100_000,
            json.dumps({"id": 2, "text": None}),
            json.dumps({"id": 3, "text": "lone \ud800 surrogate"}),
        ]
        data = "\n".join(lines).encode()
        contents = read_document("a.jsonl", data, topic_column="id")
        assert tabular_columns("a.jsonl", data) == ["id", "text", "tags"]
        assert [(p.text, p.place, p.topic) for p in contents.passages] == [
            ("Die Bibliothek ist geöffnet", "line 1", "1"),
            ("Just a string of words", "line 4", None),
            ("lone \ufffd surrogate", "line 8", "3"),
        ]
        assert "Lines 2, 5, 6 of a.jsonl have no valid JSON object and could not be read." in contents.notes
        assert 'Line 7 of a.jsonl has no text in the column "text" and was left out.' in contents.notes

    def test_json_that_is_not_lines(self):
        assert "one JSON array" in read_error("a.jsonl", b'[{"text": "a"},\n{"text": "b"}]')
        assert read_error("b.jsonl", b"hello\nworld").startswith("b.jsonl has no line that is a JSON object. Write")

    @pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl"])
    def test_any_text_is_a_table_or_a_clear_error(self, name):
        generator = random.Random(name)
        for _ in range(150):
            data = "".join(generator.choices('",;\t|\n{}[]: ab1', k=generator.randrange(1, 120))).encode()
            try:
                assert read_document(name, data).passages
            except UnreadableFileError as error:
                assert str(error).startswith(name)


class TestPdf:
    def test_pages_are_places_and_lines_are_joined(self):
        data = make_pdf(
            ["The library is in the centre of the\ntown and is called the infor-\nmation house.", "Page two."]
        )
        assert [(p.text, p.place) for p in read_document("a.pdf", data).passages] == [
            ("The library is in the centre of the town and is called the information house.", "page 1"),
            ("Page two.", "page 2"),
        ]

    def test_a_scan_is_refused_and_a_scanned_page_is_said(self):
        assert read_error("scan.pdf", make_pdf(["", ""])) == (
            "scan.pdf has no text that can be read: its 2 pages have none, as scanned pages do. "
            "Run text recognition (OCR) on it first, or choose a file with text."
        )
        contents = read_document("mixed.pdf", make_pdf(["Some text", "", ""]))
        assert contents.notes == ["Pages 2, 3 of mixed.pdf have no text, as scanned pages do, and cannot be searched."]

    @pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
    def test_encryption(self, algorithm):
        locked = make_pdf(["Secret text"], password="key", algorithm=algorithm)  # noqa: S106
        assert read_error("locked.pdf", locked).startswith("locked.pdf is protected with a password.")
        assert texts("open.pdf", make_pdf(["No secret"], password="", algorithm=algorithm)) == ["No secret"]

    def test_a_damaged_file(self):
        whole = make_pdf(["Some text"])
        assert read_error("half.pdf", whole[:200]).startswith("half.pdf cannot be opened: it is damaged or not a PDF.")
        assert read_error("text.pdf", b"hello").startswith("text.pdf cannot be opened")

    def test_random_damage_never_escapes(self):
        whole = make_pdf(["Some text", "and more"])
        generator = random.Random(0)
        for _ in range(60):
            data = bytearray(whole)
            for _ in range(20):
                data[generator.randrange(len(data))] = generator.randrange(256)
            try:
                read_document("a.pdf", bytes(data))
            except UnreadableFileError as error:
                assert str(error).startswith("a.pdf")

    def test_the_limits_on_pages_and_time_are_said(self):
        data = make_pdf(["One page"] * 5)
        contents = read_document("long.pdf", data, limits=ReadLimits(max_pages=2))
        assert len(contents.passages) == 2
        assert contents.notes == ["Only the first 2 pages were read: long.pdf has 5 pages."]
        slow = make_pdf(["A page"] + ["\n".join("ab" for _ in range(20_000))] * 40)  # half a minute on two cores
        contents = read_document("slow.pdf", slow, limits=ReadLimits(max_seconds=2.0))
        assert contents.passages[0].text == "A page"
        said = re.fullmatch(
            r"The pages of slow\.pdf from (\d+) on were left out: they took too long to read\.", contents.notes[0]
        )
        assert said is not None and {p.place for p in contents.passages} == {
            f"page {n}" for n in range(1, int(said[1]))
        }


class TestDocx:
    def test_paragraphs_and_tables(self):
        data = make_docx(["First paragraph.", "", "<script>alert(1)</script>"], [["Cats", "sleep"], ["Dogs", ""]])
        assert [(p.text, p.place) for p in read_document("a.docx", data).passages] == [
            ("First paragraph.", "paragraph 1"),
            ("<script>alert(1)</script>", "paragraph 3"),
            ("Cats | sleep", "table 1, row 1"),
            ("Dogs", "table 1, row 2"),
        ]

    def test_insertions_controls_and_text_boxes_are_read_once_and_deletions_are_not(self):
        run = "<w:r><w:t>{}</w:t></w:r>"
        box = f"<w:txbxContent><w:p>{run.format('in a box')}</w:p></w:txbxContent>"
        data = make_docx_of_xml(
            f"<w:p><w:ins>{run.format('inserted')}</w:ins><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"
            f"<w:sdt><w:sdtContent><w:p>{run.format('in a control')}</w:p></w:sdtContent></w:sdt>"
            f"<w:p><w:r><w:t>around</w:t><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
            f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent><w:tab/><w:t>the box</w:t></w:r></w:p>"
        )
        assert texts("a.docx", data) == ["inserted", "in a control", "in a box", "around the box"]

    def test_a_table_in_a_table_and_footnotes(self):
        w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        paragraph = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
        inner = f"<w:tbl><w:tr><w:tc>{paragraph.format('inner')}</w:tc></w:tr></w:tbl>"
        row = f"<w:tr><w:tc>{paragraph.format('left')}</w:tc><w:tc>{inner}{paragraph.format('right')}</w:tc></w:tr>"
        notes = f"<w:footnotes {w}><w:footnote>{paragraph.format('See there')}</w:footnote></w:footnotes>"
        data = make_docx_of_xml(f"<w:tbl>{row}</w:tbl>", other_parts={"word/footnotes.xml": notes.encode()})
        assert [(p.text, p.place) for p in read_document("a.docx", data).passages] == [
            ("left | inner right", "table 1, row 1"),
            ("See there", "footnote 1"),
        ]

    def test_a_zip_bomb_is_refused_before_it_is_unpacked(self):
        size = 6_000_000
        data = make_zip({"word/document.xml": b"<" * size})
        limits = ReadLimits(max_unpacked_bytes=5_000_000)
        assert read_error("bomb.docx", data, limits=limits).startswith("bomb.docx unpacks to more than 5 MB.")
        assert "unpacks" in read_error("many.docx", make_zip({f"{number}": b"" for number in range(6_000)}))
        lying = data.replace(struct.pack("<I", size), struct.pack("<I", 1_000))
        assert read_error("lying.docx", lying, limits=limits).startswith("lying.docx cannot be opened")

    def test_an_entity_is_neither_expanded_nor_fetched(self):
        head = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
        data = make_docx_of_xml("<w:p><w:r><w:t>x &a; y</w:t></w:r></w:p>", head=head)
        assert read_error("entity.docx", data).startswith("entity.docx cannot be opened")

    def test_what_is_no_word_document(self):
        damaged = (
            "cannot be opened: it is damaged or not a Word document. Open it in a word processor and save it again."
        )
        assert read_error("a.docx", b"hello") == f"a.docx {damaged}"
        assert read_error("a.docx", make_zip({"a.txt": b"x"})) == f"a.docx {damaged}"
        assert read_error("a.docx", make_docx_of_xml("<w:p>")) == f"a.docx {damaged}"
        assert read_error("a.docx", make_docx(["Some text"])[:-30]) == f"a.docx {damaged}"
        assert "protected with a password" in read_error("a.docx", b"\xd0\xcf\x11\xe0" + bytes(500))
        assert read_error("empty.docx", make_docx([])) == "empty.docx has no text in it. Choose a file with text."


class TestRefusals:
    @pytest.mark.parametrize("extension", SUPPORTED_EXTENSIONS)
    def test_an_empty_file(self, extension):
        assert read_error(f"a.{extension}", b"") == f"a.{extension} is empty. Choose a file with text."

    @pytest.mark.parametrize("extension", ["txt", "md", "csv", "tsv", "jsonl"])
    @pytest.mark.parametrize("blank", [b" \n\n\t ", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, b"--- . . . ---"])
    def test_a_file_without_a_word(self, extension, blank):
        assert read_error(f"blank.{extension}", blank).startswith(f"blank.{extension} has no")

    @pytest.mark.parametrize("extension", ["txt", "md", "csv", "tsv", "jsonl"])
    @pytest.mark.parametrize(
        ("data", "kind"),
        [
            (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "it looks like a PNG image"),
            (make_pdf(["text"]), "it looks like a PDF"),
            (make_docx(["text"]), "it looks like a ZIP archive or an Office document"),
            (random.Random(0).randbytes(5_000), "it holds binary data"),
            (bytes(3_000), "it holds binary data"),
        ],
    )
    def test_a_binary_file_under_another_name(self, extension, data, kind):
        assert read_error(f"fake.{extension}", data).startswith(f"fake.{extension} is not a text file: {kind}.")

    def test_an_unknown_ending(self):
        assert read_error("a.xyz", b"text").startswith(
            "a.xyz ends in .xyz, which cannot be read here. Choose a file that"
        )
        assert read_error("a.xlsx", b"PK").endswith("Save the sheet as .csv.")
        assert read_error("README", b"text").startswith("README has no ending such as .txt.")
        assert texts("A.TXT", b"Capital letters are fine") == ["Capital letters are fine"]

    def test_a_large_file_is_refused_before_it_is_decoded(self):
        data = b"a" * 2_000_001
        assert read_error("large.txt", data, limits=ReadLimits(max_bytes=2_000_000)).startswith(
            "large.txt is 2.0 MB, more than the 2 MB that can be read."
        )

    def test_a_name_is_shown_and_never_a_path(self):
        assert read_document("../../etc/\u202epasswd\n.txt", b"Some text").name == "passwd.txt"
        assert read_document("C:\\files\\a.txt", b"Some text").name == "a.txt"
        assert len(read_document("x" * 500 + ".txt", b"Some text").name) == 120


class TestPastedLines:
    def test_each_line_is_a_passage(self):
        passages = passages_from_lines("Solar power\r\n\r\n太阳能发电\n<script>")
        assert [(p.text, p.place, p.language, p.document, p.position) for p in passages] == [
            ("Solar power", "line 1", "en", "Pasted text", 0),
            ("太阳能发电", "line 3", "zh", "Pasted text", 1),
            ("<script>", "line 4", passages[2].language, "Pasted text", 2),
        ]

    def test_nothing_and_too_much(self):
        assert passages_from_lines(" \n ") == []
        with pytest.raises(InvalidInputError, match="more than 5 passages"):
            passages_from_lines("one line of text\n" * 6, limits=ReadLimits(max_passages=5))
