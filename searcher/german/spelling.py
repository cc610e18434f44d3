"""Old and new spelling: forms from before 1996, and variants allowed today, become one.

The rest of the chain handles ß, umlauts written ae oe ue, and triple letters. Which of two spellings is chosen does not
matter, because it is never shown.

>>> [modern(word) for word in ("rauhe", "rauhaardackel", "photographie", "graph", "geheimtip", "tipi")]
['raue', 'rauhaardackel', 'fotografie', 'graph', 'geheimtipp', 'tipi']
"""

from __future__ import annotations

from searcher.german.endings import EndTable, rows

END_ROWS = """
    ^tip tipp, ^tips tipps, geheimtip geheimtipp, geheimtips geheimtipps, stop stopp, stops stopps, ^mop mopp,
    ^karamel karamell, känguruh känguru, känguruhs kängurus
"""
RESPELLED_ENDS = EndTable(END_ROWS)
START_ROWS = """
    rauhaar, rauheit, rauh rau, aufgerauht aufgeraut, behende behände, belemmert belämmert, gemse gämse,
    greulich gräulich, hämorrhoid hämorrid, jogurt joghurt, justitiar justiziar, karamelis karamellis, katarrh katarr,
    numerier nummerier, durchnumerier durchnummerier, ordonanz ordonnanz, panther panter, platitüd plattitüd,
    quentchen quäntchen, roheit rohheit, schneuz schnäuz, stengel stängel, stukkat stuckat, thunfisch tunfisch,
    tolpatsch tollpatsch, überschwenglich überschwänglich, zierat zierrat, fritier frittier, plazier platzier,
    deplazier deplatzier, greuel gräuel, kriegsgreuel kriegsgräuel, alptr albtr, alpdr albdr,
    selbständig selbstständig, unselbständig unselbstständig, verselbständig verselbstständig,
    soloselbständig soloselbstständig, scheinselbständig scheinselbstständig, aufwändig aufwendig,
    zeitaufwändig zeitaufwendig, kostenaufwändig kostenaufwendig, arbeitsaufwändig arbeitsaufwendig
"""
RESPELLED_STARTS: dict[str, list[tuple[str, str]]] = {}
"""The rows by their first four letters."""
for _old, _new in rows(START_ROWS):
    RESPELLED_STARTS.setdefault(_old[:4], []).append((_old, _new))

INSIDE_ROWS = """
    graph graf, photo foto, ophon ofon, aphon afon, ephon efon, phantas fantas, symphon sinfon, delphin delfin,
    ntiell nziell, ntial nzial, club klub
"""
_INSIDE = tuple(rows(INSIDE_ROWS))
_AS_THEY_ARE = frozenset(["graph", "graphen", "graphs"])


def is_respelled_inside(word: str) -> bool:
    """Whether a row of `INSIDE_ROWS` may match: each contains one of these three, and most words contain none."""
    return "ph" in word or "nti" in word or "club" in word


def modern(word: str) -> str:
    """The word in the spelling of the index."""
    starts = RESPELLED_STARTS.get(word[:4])
    if starts is not None:
        for old, new in starts:
            if word.startswith(old):
                word = new + word[len(old) :]
                break
    if is_respelled_inside(word) and word not in _AS_THEY_ARE:
        for old, new in _INSIDE:
            word = word.replace(old, new)
    return RESPELLED_ENDS.change(word)
