import pytest

from models.languages import LANGUAGES, UNKNOWN, identify_language
from tests.models.text.file_makers import TEXTS


def test_every_language_has_a_text_here():
    assert set(TEXTS) == set(LANGUAGES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_paragraph_is_identified(code):
    assert identify_language(TEXTS[code]) == code


SHORT = {
    "ar": "هل تحتاج إلى مساعدة؟",
    "de": "Brauchen Sie Hilfe?",
    "en": "Do you need any help?",
    "es": "¿Necesita usted ayuda?",
    "fr": "Avez-vous besoin d'aide ?",
    "it": "Hai bisogno di aiuto?",
    "ja": "助けが必要ですか",
    "ko": "도움이 필요하세요?",
    "nl": "Heeft u hulp nodig?",
    "pl": "Czy potrzebujesz pomocy?",
    "pt": "Você precisa de ajuda?",
    "ru": "Вам нужна помощь?",
    "th": "ต้องการความช่วยเหลือไหม",
    "tr": "Yardıma ihtiyacınız var mı?",
    "zh": "您需要帮助吗",
    "zh_tw": "您需要幫助嗎",
}


@pytest.mark.parametrize("code", SHORT)
def test_a_short_question_is_identified(code):
    assert identify_language(SHORT[code]) == code


@pytest.mark.parametrize("text", ["", "   \n", "12345 67.8", "---", "?!", "ok", "😀😀", "\ud800"])
def test_text_without_enough_letters_is_unknown(text):
    assert identify_language(text) == UNKNOWN


OUTSIDE = {
    "Swedish": "Alla människor är födda fria och lika i värde och rättigheter. De är utrustade med förnuft.",
    "Czech": "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv. Jsou nadáni rozumem a svědomím.",
    "Hungarian": "Minden emberi lény szabadon születik és egyenlő méltósága és joga van.",
    "Vietnamese": "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi.",
    "Indonesian": "Semua orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama.",
    "Ukrainian": "Всі люди народжуються вільними і рівними у своїй гідності та правах. Вони наділені розумом.",
    "Persian": "تمام افراد بشر آزاد به دنیا می‌آیند و از لحاظ حیثیت و حقوق با هم برابرند.",
    "Greek": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "Hebrew": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם.",
    "Hindi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता प्राप्त है।",
    "Lao": "ມະນຸດທຸກຄົນເກີດມາມີກຽດສັກສີ ສິດທິ ເສລີພາບ",
}


@pytest.mark.parametrize("language", OUTSIDE)
def test_a_language_outside_the_sixteen_is_unknown(language):
    assert identify_language(OUTSIDE[language]) == UNKNOWN


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Windows 11 の設定アプリを開く", "ja"),
        ("Scherzer กับทีม Rockies", "th"),
        ("我的iPhone坏了", "zh"),
        ("这家鲜の味餐厅的面条很好吃，我们周末常去", "zh"),
        ("東京大学経済学部", "ja"),
        ("Компания OpenStreetMap объявила о новых правилах", "ru"),
        ("See https://пример.рф/страница for the full text of the law", "en"),
    ],
)
def test_mixed_scripts_and_borrowed_words(text, code):
    assert identify_language(text) == code


def test_long_text_costs_no_more_than_its_beginning():
    assert identify_language(TEXTS["de"] * 10_000) == "de"
