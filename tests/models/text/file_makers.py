"""Files for the tests of documents, made in code: texts in 16 languages, PDF and DOCX bytes."""

import io
import zipfile

from docx import Document
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

TEXTS = {
    "ar": "تقع المكتبة العامة في وسط المدينة. تفتح أبوابها كل يوم ما عدا يوم الجمعة. يمكنكم استعارة خمسة كتب لمدة "
    "ثلاثة أسابيع. هل تحتاجون إلى بطاقة؟ اسألوا الموظفين عند المدخل.",
    "de": "Die Stadtbücherei liegt im Zentrum. Sie öffnet täglich außer sonntags um zehn Uhr. Sie können fünf Bücher "
    "für drei Wochen ausleihen. Brauchen Sie einen Ausweis? Fragen Sie am Eingang, wir helfen natürlich.",
    "en": "The public library is in the centre of the town. It opens every day except Sunday. You can borrow five "
    "books for three weeks. Do you need a card? Ask at the entrance.",
    "es": "La biblioteca pública está en el centro de la ciudad. Abre todos los días excepto el domingo. Puede pedir "
    "prestados cinco libros. ¿Necesita un carné? Pregunte en la entrada, mañana también estará abierta.",
    "fr": "La bibliothèque publique se trouve au centre-ville. Elle est ouverte tous les jours, même le samedi. Vous "
    "pouvez emprunter cinq livres à la fois. Avez-vous déjà une carte ? Demandez à l'entrée, s'il vous plaît.",
    "it": "La biblioteca pubblica è nel centro della città. È aperta tutti i giorni tranne la domenica. Si possono "
    "prendere in prestito cinque libri. Perché non chiede una tessera? All'entrata c'è sempre più personale.",
    "ja": "市立図書館は町の中心にあります。日曜日を除いて毎日開いています。本は五冊まで三週間借りることができます。"
    "カードが必要ですか。入口で聞いてください。",
    "ko": "시립 도서관은 도시 중심에 있습니다. 일요일을 제외하고 매일 문을 엽니다. 책은 다섯 권까지 3주 동안 빌릴 수 "
    "있습니다. 카드가 필요하십니까? 입구에서 물어보세요.",
    "nl": "De openbare bibliotheek ligt in het centrum. Ze is elke dag geopend behalve op zondag. U kunt vijf boeken "
    "lenen, met coöperatieve hulp van collega's in België. Heeft u één pas nodig? Vraag ernaar bij de ingang.",
    "pl": "Biblioteka publiczna znajduje się w centrum miasta. Jest otwarta codziennie oprócz niedzieli. Można "
    "wypożyczyć pięć książek na trzy tygodnie. Czy potrzebujesz karty? Zapytaj przy wejściu.",
    "pt": "A biblioteca pública fica no centro da cidade. Está aberta todos os dias, exceto aos domingos. Você pode "
    "levar cinco livros por três semanas. Não tem cartão? Pergunte na recepção, a inscrição é grátis.",
    "ru": "Городская библиотека находится в центре города. Она открыта каждый день, кроме воскресенья. Можно взять "
    "пять книг на три недели. Вам нужен читательский билет? Спросите у входа.",
    "th": "ห้องสมุดประชาชนตั้งอยู่ใจกลางเมือง เปิดทุกวันยกเว้นวันอาทิตย์ คุณสามารถยืมหนังสือได้ห้าเล่มเป็นเวลาสามสัปดาห์ "
    "คุณต้องการบัตรสมาชิกไหม กรุณาสอบถามที่ทางเข้า",
    "tr": "Halk kütüphanesi şehrin merkezindedir. Pazar günleri dışında her gün açıktır. Üç hafta için beş kitap ödünç "
    "alabilirsiniz. Üye kartına ihtiyacınız var mı? Girişte sorun.",
    "zh": "市立图书馆位于市中心。除星期日外每天开放。您可以借五本书，为期三周。您需要借书证吗？请在入口处询问。",
    "zh_tw": "市立圖書館位於市中心。除星期日外每天開放。您可以借五本書，為期三週。您需要借書證嗎？請在入口處詢問。",
}


def make_pdf(pages: list[str], *, password: str | None = None, algorithm: str = "AES-256") -> bytes:
    """A PDF with one page of Helvetica for each string; "" makes a page without text, as a scan has."""
    writer = PdfWriter()
    for text in pages:
        page = writer.add_blank_page(width=595, height=842)
        if not text:
            continue
        lines = "".join(f"({line.translate({40: 91, 41: 93})}) Tj T* " for line in text.split("\n"))
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 14 TL 72 770 Td {lines}ET".encode("latin-1"))
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
                NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
            }
        )
        page[NameObject("/Contents")] = writer._add_object(stream)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    if password is not None:
        writer.encrypt(user_password=password, owner_password=password + "+", algorithm=algorithm)
    return _saved(writer.write)


def make_docx(paragraphs: list[str], table: list[list[str]] | None = None) -> bytes:
    """A Word document with paragraphs, then a table."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if table:
        rows = document.add_table(rows=len(table), cols=len(table[0])).rows
        for row, texts in zip(rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    return _saved(document.save)


def make_docx_of_xml(body: str, *, head: str = "", other_parts: dict[str, bytes] | None = None) -> bytes:
    """A Word document whose body is written by hand."""
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    xml = f'<?xml version="1.0"?>{head}<w:document xmlns:w="{w}" xmlns:mc="{mc}"><w:body>{body}</w:body></w:document>'
    return make_zip({"word/document.xml": xml.encode(), **(other_parts or {})})


def make_zip(parts: dict[str, bytes]) -> bytes:
    """A deflated ZIP archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _saved(save: object) -> bytes:
    buffer = io.BytesIO()
    save(buffer)  # type: ignore[operator]
    return buffer.getvalue()
