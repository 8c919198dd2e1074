"""Abbreviations that end in a full stop without ending a sentence, for each language."""

# Lower case, without the last full stop. Single letters ("J. Smith", "z. B.", "т. е.") and whatever is followed by a
# lower-case letter need no entry; nor have words that also end sentences ("no.", "max.") one.
_LISTS = {
    "und": "dr prof st vs fig vol ed eds e.g i.e cf approx dept inc ltd co corp mt",
    "ar": "ق.م ب.م",
    "de": """z.b u.a d.h i.d.r o.ä u.ä v.a s.o s.u bzw ca nr str hr fr frl abs bd evtl ggf inkl exkl mio mrd tel vgl
        zzgl geb gest jh hrsg jan feb aug sept okt nov dez""",
    "en": "mr mrs ms jr sr gen col sgt capt lt rev hon gov sen rep jan feb aug sept oct nov dec",
    "es": "sr sra srta sres dña dra ud uds ee uu ee.uu p.ej ej pág págs núm av avda tel aprox",
    "fr": "mm mme mlle p.ex av apr j.-c c.-à-d chap env éd janv févr juil sept oct nov déc",
    "it": "sig sigg dott dott.ssa avv ing arch geom p.es es ecc pag pagg cap tel nn prof.ssa",
    "nl": "dhr mevr mw ir ing drs bijv bv o.a d.w.z m.b.t i.v.m t.a.v n.a.v ca nr blz",
    "pl": "np tzn tj tzw m.in ul al pl os gen mgr inż hab ks św płk por nr str woj jw zob",
    "pt": "sr sra srs srta dra exmo exma p.ex pág págs núm av tel aprox eng",
    "ru": """т.е т.д т.п т.к т.н гг вв ул им пр просп см стр рис табл тыс млн млрд руб коп ред проф акад тов обл оз
        напр др""",
    "tr": "doç yrd vb vs bkz sn av cad sok mah apt alb yy örn çev ltd şti a.ş m.ö m.s",
}

ABBREVIATIONS: dict[str, frozenset[str]] = {language: frozenset(words.split()) for language, words in _LISTS.items()}
