"""Lists of sentences to try a comparison with, written for this app."""

from dataclasses import dataclass

from models.text.sample_corpus import load_example_queries

SCORED = "scored"  # name of the example of pairs with scores

_MEANINGS = """\
The train to Vienna leaves in ten minutes.
Der Zug nach Wien fährt in zehn Minuten ab.
ウィーン行きの列車は10分後に出発します。
يغادر القطار المتجه إلى فيينا بعد عشر دقائق.
Drink plenty of water when it is hot.
Пейте много воды, когда жарко.
ดื่มน้ำมาก ๆ เมื่ออากาศร้อน
My grandmother bakes bread every Sunday.
我奶奶每个星期天都烤面包。
Ma grand-mère fait du pain tous les dimanches.
"""

_ENGLISH = """\
The museum is closed on Mondays.
Please keep your ticket until the end of the trip.
She has been learning Korean for three years.
The price includes breakfast and a sauna.
Wash the wound with clean water first.
It will snow in the mountains tomorrow.
Where can I charge my electric car?
The meeting was moved to Thursday afternoon.
"""

_TRANSLATIONS = """\
¿Dónde puedo cargar mi coche eléctrico?
На следующей неделе в горах пройдёт лыжная гонка.
Lava primero la herida con agua limpia.
博物馆星期一闭馆。
Die Besprechung wurde auf Donnerstagnachmittag verlegt.
يشمل السعر الإفطار والساونا.
Jutro w górach spadnie śnieg.
Bewaar uw kaartje tot het einde van de reis.
彼女は3年間韓国語を勉強しています。
Mijn fiets staat in de kelder.
"""

_WORDS = """\
The bank approved my loan.
We had a picnic on the river bank.
The lender agreed to give me the money.
We ate outdoors beside the water.
I like this film very much.
I do not like this film at all.
What a wonderful movie!
He is afraid of dogs.
Dogs are afraid of him.
"""

# Scores from 0 (nothing in common) to 5 (the same), given by the app's authors on the scale of SemEval STS.
_SCORED = """\
sentence1,sentence2,score
A man is playing the guitar.,Ein Mann spielt Gitarre.,5
The shop opens at nine.,The store is open from nine o'clock.,4.6
We are out of milk.,Il n'y a plus de lait.,4.9
Two children run across the beach.,Los niños corren por la playa.,4.2
The flight to Rome was cancelled.,Our plane to Rome is two hours late.,3.0
She teaches mathematics at a school.,Elle enseigne la physique au lycée.,3.2
It rained all night.,It was raining when we woke up.,2.8
He sold his old car.,He bought a used car.,2.2
The dog is asleep on the sofa.,狗在沙发上睡觉。,5
The dog is asleep on the sofa.,The cat is asleep on the sofa.,2.6
Please close the window.,Open the window please.,1.9
Take this medicine twice a day.,Dieses Medikament hilft gegen Schmerzen.,2.0
The river is frozen.,Река замёрзла.,5
The soup is too salty.,The sea is salty.,1.1
I would like a room with a view.,アパートを借りたいです。,1.8
The team won the final.,The final was won by the team.,4.8
The parliament passed the law.,القانون أقره البرلمان.,4.9
My phone is broken.,The bakery is closed on Sundays.,0
Plants need light to grow.,He paid the bill in cash.,0
Children learn fast.,De trein vertrekt om acht uur.,0.1
"""


@dataclass(frozen=True)
class SentenceExample:
    """An example for the similarity page.

    Args:
        name: in addresses.
        title: for a person.
        left: sentences, one a line.
        right: list B, one a line; None for one list.
    """

    name: str
    title: str
    left: str
    right: str | None = None


def load_sentence_examples() -> dict[str, SentenceExample]:
    """The examples by name."""
    questions = "\n".join(query.text for code in ("en", "es", "ar", "th") for query in load_example_queries(code))
    examples = (
        SentenceExample("meanings", "Three meanings in eight languages", _MEANINGS.strip()),
        SentenceExample("translations", "Find the translations", _ENGLISH.strip(), _TRANSLATIONS.strip()),
        SentenceExample("words", "Same words, other meaning", _WORDS.strip()),
        SentenceExample("questions", "Many questions in four languages", questions),
    )
    return {example.name: example for example in examples}


def scored_example() -> tuple[str, bytes]:
    """File name and bytes of a table of 20 pairs in nine languages with scores from 0 to 5, written for this app."""
    return "scored_pairs.csv", _SCORED.encode()
