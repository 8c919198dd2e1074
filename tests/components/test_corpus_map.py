import numpy as np
import pytest

from components.corpus_map import map_chart, map_marks, map_points
from models.languages import LANGUAGES
from models.text.encoder import TextEncoder
from models.text.projection import fit_projection
from models.text.sample_corpus import load_sample_corpus
from models.text.search import MultilingualSemanticSearch


@pytest.fixture(scope="module")
def index(tiny_encoder: TextEncoder) -> MultilingualSemanticSearch:
    index = MultilingualSemanticSearch(tiny_encoder)
    index.add_documents(load_sample_corpus())
    return index


def test_every_passage_has_a_place(index: MultilingualSemanticSearch) -> None:
    points = map_points(index, fit_projection(index.vectors))
    assert len(points) == len(index)
    assert np.isfinite(points[["x", "y"]].to_numpy()).all()
    assert points["text"].str.len().max() <= 140
    assert points["language"].nunique() == len(LANGUAGES)


def test_large_corpora_are_thinned_evenly(index: MultilingualSemanticSearch) -> None:
    points = map_points(index, fit_projection(index.vectors), most=100)
    assert len(points) == 100 and points["language"].nunique() == len(LANGUAGES)


def test_marks_are_the_query_and_its_hits(index: MultilingualSemanticSearch) -> None:
    answer = index.answer("night trains", 4)
    marks = map_marks(index, fit_projection(index.vectors), answer)
    assert list(marks["rank"]) == [0, 1, 2, 3, 4]
    assert marks["text"][0] == "night trains"


def test_colours_do_not_depend_on_the_corpus(index: MultilingualSemanticSearch) -> None:
    points = map_points(index, fit_projection(index.vectors))
    few = points[points["language"].isin(["Thai", "German"])]
    colour = map_chart(few, None).to_dict()["layer"][0]["encoding"]["color"]
    assert len(colour["scale"]["domain"]) == len(LANGUAGES) + 1
    assert colour["legend"]["values"] == ["German", "Thai"]


def test_layers(index: MultilingualSemanticSearch) -> None:
    projection = fit_projection(index.vectors)
    points = map_points(index, projection)
    assert len(map_chart(points, None).to_dict()["layer"]) == 1
    answer = index.answer("night trains", 4)
    assert len(map_chart(points, map_marks(index, projection, answer)).to_dict()["layer"]) == 3


def test_map_of_one_passage(tiny_encoder: TextEncoder) -> None:
    index = MultilingualSemanticSearch(tiny_encoder)
    index.add_documents(["The only passage."])
    points = map_points(index, fit_projection(index.vectors))
    assert len(points) == 1 and np.isfinite(points[["x", "y"]].to_numpy()).all()
