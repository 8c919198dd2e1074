"""The training sources: what each is, under which licence, and how much it counts."""

from dataclasses import dataclass
from typing import Literal

Nature = Literal["everyday", "prose", "interface", "lexical", "scripture"]


@dataclass(frozen=True)
class Source:
    """One file ``<name>.tsv.xz`` of aligned sentences.

    ``weight`` multiplies the sampling rate that the size gives; ``skip`` names languages whose column is unreliable;
    ``taught`` is False where the teacher's vectors are not worth their time: long texts that are drawn seldom.
    """

    name: str
    title: str
    licence: str
    nature: Nature
    weight: float = 1.0
    skip: tuple[str, ...] = ()
    taught: bool = True


SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        Source("tatoeba_opusmt_pairs", "Tatoeba challenge pairs", "CC BY 2.0 FR", "everyday", 4.0),
        Source("tatoeba_manythings_pairs", "Tatoeba pairs", "CC BY 2.0 FR", "everyday", 2.0, ("es",)),
        Source("small_parallel_enja", "Tanaka and Tatoeba, English-Japanese", "CC BY", "everyday", 0.7),
        Source("massive_utterances", "MASSIVE requests to a voice assistant", "CC BY 4.0", "everyday", 2.0),
        Source("stsb_parallel_train", "STS-B training sentences, translated", "CC BY-SA 4.0", "everyday", 4.0),
        Source("korean_parallel_corpora", "Korean news", "CC BY-SA 3.0", "prose", 1.5),
        Source("african_storybooks", "Global Storybooks", "CC BY 4.0", "everyday", 1.5),
        Source("chatterbot_corpus", "Chatterbot dialogues", "BSD-3-Clause", "everyday", 0.7),
        Source("hedy_kids_programming", "Hedy lessons", "EUPL-1.2", "everyday", 1.0),
        Source("tico19", "TICO-19 health", "CC0", "prose", 1.5),
        Source("hf_course", "Hugging Face course", "Apache-2.0", "prose"),
        Source("github_osguide", "Open Source Guides", "CC BY 4.0", "prose", 1.2),
        Source("mozilla_www_l10n", "Mozilla web site", "MPL-2.0", "prose"),
        Source("mozilla_org_lang_archive", "mozilla.org archive", "MPL-2.0", "prose"),
        Source("mozilla_legal_docs", "Mozilla notices", "CC BY-SA 3.0", "prose", 0.7),
        Source("bitcoin_org", "bitcoin.org", "MIT", "prose"),
        Source("udhr", "Universal Declaration of Human Rights", "free to use (UN)", "prose"),
        Source("django_girls_tutorial", "Django Girls tutorial", "CC BY-SA 4.0", "prose"),
        Source("python_docs", "Python documentation", "PSF-2.0, CC0 translations", "prose", 0.6),
        Source("tensorflow_docs", "TensorFlow documentation", "CC BY 4.0", "prose", 0.6),
        Source("msdocs_d365", "Microsoft Dynamics 365 documentation", "CC BY 4.0", "prose", 0.5, taught=False),
        Source("msdocs_d365_hist", "Microsoft Dynamics 365, earlier versions", "CC BY 4.0", "prose", 0.5, taught=False),
        Source("msdocs_dotnet", ".NET documentation", "CC BY 4.0", "prose", 0.5, taught=False),
        Source("msdocs_skype_teams", "Skype and Teams documentation", "CC BY 4.0", "prose", 0.2, taught=False),
        Source("msdocs_m365help", "Microsoft 365 help", "CC BY 4.0", "prose", 0.6, taught=False),
        Source("msdocs_custinsights", "Customer Insights documentation", "CC BY 4.0", "prose", 0.3, taught=False),
        Source("coop_edgeai_for_beginners", "Microsoft EdgeAI course", "MIT", "prose"),
        Source("coop_azd_for_beginners", "Microsoft AZD course", "MIT", "prose", 0.7),
        Source("coop_ai_agents_for_beginners", "Microsoft AI agents course", "MIT", "prose", 1.2),
        Source("coop_iot_for_beginners", "Microsoft IoT course", "MIT", "prose", 1.2),
        Source("coop_security_101", "Microsoft security course", "CC0", "prose", 1.2),
        Source("coop_translator_docs", "Co-op translator documentation", "MIT", "prose", 0.7),
        Source("tldr_pages", "tldr pages", "CC BY 4.0", "interface", 0.5),
        Source("godot_l10n", "Godot editor strings", "MIT", "interface", 0.7),
        Source("matrix_ui", "Element and Matrix strings", "Apache-2.0", "interface"),
        Source("lighthouse_l10n", "Lighthouse messages", "Apache-2.0", "interface"),
        Source("aosp_apps_strings", "Android apps", "Apache-2.0", "interface"),
        Source("wikipedia_android_strings", "Wikipedia app", "Apache-2.0", "interface"),
        Source("duckduckgo_android_strings", "DuckDuckGo app", "Apache-2.0", "interface", 0.7),
        Source("osm_id_editor", "OpenStreetMap editor", "ISC", "interface"),
        Source("omw_wordnet", "Open Multilingual Wordnet", "open, per wordnet", "lexical", 1.2),
        Source("wiktionary_en_x", "Wiktionary, English senses", "CC BY-SA 3.0", "lexical", 1.5),
        Source("wiktionary_x_en", "Wiktionary, es fr pt head words", "CC BY-SA 3.0", "lexical", 0.7),
        Source("cc_cedict", "CC-CEDICT", "CC BY-SA 4.0", "lexical", 0.8),
        Source("cfdict_zh_fr", "CFDICT", "CC BY-SA 3.0", "lexical", 0.5),
        Source("concepticon_terms", "Concepticon", "CC BY 4.0", "lexical", 0.7),
        Source("cldr_terms", "Unicode CLDR names", "Unicode-3.0", "lexical", 0.7),
        Source("cldr_emoji_keywords", "Unicode CLDR emoji keywords", "Unicode-3.0", "lexical", 0.7),
        Source("osm_tagging_terms", "OpenStreetMap tag names", "ISC", "lexical", 0.7),
        Source("thai_translit_dict", "Thai transliteration", "CC BY 4.0", "lexical", 0.5),
        Source("tico19_terminology", "TICO-19 terms", "CC0", "lexical"),
        Source("geo_names", "Countries and capitals", "mixed open", "lexical", 0.7),
        Source(
            "bible_pd_bsb", "Bible, public-domain translations", "CC0, CC BY 3.0 BR, public domain", "scripture", 0.7
        ),
    )
}
