import pytest

from components import workspace
from models.text.encoder import TextEncoder
from models.text.passages import Passage
from models.text.sample_corpus import load_sample_corpus
from models.text.search import MultilingualSemanticSearch

OWN = [
    Passage("Rivers flow to the sea.", "rivers.txt", "line 1", 1, "en"),
    Passage("Flüsse fließen ins Meer.", "rivers.txt", "line 2", 2, "de", 1),
]


@pytest.fixture
def own(tiny_encoder: TextEncoder) -> MultilingualSemanticSearch:
    index = MultilingualSemanticSearch(tiny_encoder)
    index.add_documents(load_sample_corpus(["en", "de"]))
    index.add_documents(OWN)
    return index


def test_copy_is_independent(own: MultilingualSemanticSearch) -> None:
    copy = workspace.copy_of(own)
    copy.remove("rivers.txt")
    assert len(own) == len(copy) + 2
    assert own.encoder is copy.encoder


def test_sample_is_switched_off_and_on_without_touching_own_documents(own: MultilingualSemanticSearch) -> None:
    without = workspace.set_sample(own, include=False)
    assert without.passages == OWN
    assert len(own) > len(OWN), "the corpus that is searched meanwhile does not change"
    again = workspace.set_sample(without, include=True)
    assert set(OWN) < set(again.passages) and len(again) == len(OWN) + len(load_sample_corpus())


def test_switching_the_sample_off_twice_changes_nothing(own: MultilingualSemanticSearch) -> None:
    without = workspace.set_sample(own, include=False)
    assert workspace.set_sample(without, include=False).passages == OWN


def test_reindexed_keeps_the_passages(own: MultilingualSemanticSearch, tiny_encoder: TextEncoder) -> None:
    assert workspace.reindexed(own.passages, tiny_encoder).passages == own.passages


def test_overview_counts_own_documents_apart_from_the_sample(own: MultilingualSemanticSearch) -> None:
    overview = workspace.overview(own)
    assert (overview.passages, overview.sample) == (len(own), len(own) - 2)
    assert overview.languages["en"] == overview.languages["de"] == 28
    (document,) = overview.documents
    assert (document.name, document.passages, set(document.languages)) == ("rivers.txt", 2, {"en", "de"})


def test_overview_follows_a_change(own: MultilingualSemanticSearch) -> None:
    workspace.overview(own)
    own.remove("rivers.txt")
    assert workspace.overview(own).documents == []
