"""Endings, as plain tables: those that Snowball wrongly cuts, and those that it wrongly keeps.

A row that begins with '^' matches a whole word; any other matches the end of a word, so it works in compounds too. The
first matching row wins. A row of one word changes nothing and protects the word from later rows.
tests/suites/german.toml lists words that must change and words that must not.

>>> IRREGULAR.change("fußballmuseen"), IRREGULAR.change("kolleginnen"), IRREGULAR.change("beginnen")
('fußballmuseum', 'kollegin', 'beginnen')
"""

from __future__ import annotations

from collections.abc import Iterator


def rows(table: str) -> Iterator[tuple[str, str]]:
    """The pairs of a table `old new, old new`; a row of one word gives it back as it is."""
    for row in table.split(","):
        old, *new = row.split()
        yield old, new[0] if new else old.removeprefix("^")


class EndTable:
    """Rewrites word endings by the rows of a table; rows are looked up by their last four letters."""

    def __init__(self, table: str) -> None:
        self._rows: dict[str, list[tuple[str, str, bool]]] = {}
        for row, new in rows(table):
            ending = row.removeprefix("^")
            self._rows.setdefault(ending[-4:], []).append((ending, new, row != ending))

    @property
    def endings(self) -> frozenset[str]:
        """The last four letters of every row; no other word can match."""
        return frozenset(self._rows)

    def change(self, word: str) -> str:
        """The word with its ending replaced, or unchanged."""
        found = self._rows.get(word[-4:])
        if found is not None:
            for ending, new, whole in found:
                if word == ending if whole else word.endswith(ending):
                    return word[: len(word) - len(ending)] + new
        return word


# "Kollegin" and "Kolleginnen" share a stem; verbs in -innen and prepositions are not feminine.
_FEMININE = """
    ^innen, ^drinnen, ^binnen, ^hinnen, ^sinnen, besinnen, ersinnen, entsinnen, nachsinnen, beginnen, gewinnen,
    spinnen, ^rinnen, gerinnen, entrinnen, zerrinnen, verrinnen, ^finnen, ^zinnen, ^minnen, ^linnen, ^pinnen, innen in
"""
_PLURALS_THAT_REPLACE_AN_ENDING = """
    themen thema, firmen firma, ^agenden agenda, dogmen dogma, razzien razzia, dramen drama, arenen arena,
    villen villa, pizzen pizza, ^saunen sauna, bundesligen bundesliga, traumata trauma, schemata schema,
    dilemmata dilemma, ministerien ministerium, kriterien kriterium, gremien gremium, medien medium, museen museum,
    zentren zentrum, individuen individuum, gymnasien gymnasium, stipendien stipendium, krematorien krematorium,
    laboratorien laboratorium, territorien territorium, konsortien konsortium, moratorien moratorium, foren forum,
    ^alben album, jubiläen jubiläum, praktika praktikum, antibiotika antibiotikum, ^visa visum,
    referenden referendum, viren virus, ismen ismus, algorithmen algorithmus, rhythmen rhythmus, zyklen zyklus,
    ^boni bonus, mythen mythos, indizes index, stadien stadion, impfdosen impfdosis, praxen praxis,
    risiken risiko, szenarien szenario, konten konto, ^salden saldo, prinzipien prinzip, materialien material,
    mineralien mineral, privilegien privileg, indizien indiz, fossilien fossil, reptilien reptil, utensilien utensil,
    ebauten, bauten bau, säle saal, sälen saal, einbusse, einbussen,
    geldbusse, geldbussen, busse bus, bussen bus, busses bus, fachleute fachmann, fachleuten fachmann,
    kaufleute kaufmann, kaufleuten kaufmann, wehrleute wehrmann, wehrleuten wehrmann,
    geschäftsleute geschäftsmann, geschäftsleuten geschäftsmann
"""
_TOO_SHORT_FOR_SNOWBALL = """
    herrn herr, nachbarn nachbar, feiern feier, opern oper, statuen statue, ^laien laie, ^seen see, ^ehen ehe,
    ^knien knie, ^adern ader, ^ufern ufer, ^usern user, ^freie frei, ^freien frei, ^freier frei, ^freies frei,
    ^freiem frei, ^schreie schrei, ^schreien schrei, ^haie hai, ^haien hai, ^eier ei, ^eiern ei, ^kölns köln,
    ^neuköllns neukölln, ^lkws lkw, ^pkws pkw, ^akws akw, ^ngos ngo, ^ceos ceo, ^suvs suv, ^dvds dvd, ^pcs pc, ^cds
    cd, ^djs dj, ^ufos ufo, ^apps app, ^unis uni, ^zoos zoo, ^abos abo, ^omas oma, ^opas opa, ^egos ego, ^duos duo,
    ^klos klo, ^typs typ, ^amis ami, ^mdbs mdb, ^gmbhs gmbh
"""
IRREGULAR_ROWS = ",".join([_FEMININE, _PLURALS_THAT_REPLACE_AN_ENDING, _TOO_SHORT_FOR_SNOWBALL])
IRREGULAR = EndTable(IRREGULAR_ROWS)
"""Plurals and other irregular forms."""

FALSE_ENDING_ROWS = """
    problem probleme, extrem extreme, bequem bequeme, emblem embleme, ekzem ekzeme, moslem mosleme,
    jerusalem jerusaleme, konzern konzerne, bayern bayerne, modern moderne, ernüchtern, nüchtern nüchterne,
    hintern, wintern, splintern, flintern, sintern, pointern, intern interne, textern, extern externe,
    sfern sferne, ortskern ortskerne, stadtkern stadtkerne, zellkern zellkerne, atomkern atomkerne,
    davidstern davidsterne, ^eisern eiserne, ^albern alberne, ^silbern silberne, ^hölzern hölzerne,
    ^schüchtern schüchterne, ^luzern luzerne, ^ungern ungerne, ^einzeln einzelne, ^neukölln neuköllne,
    magazins, benzins, muezzins, medizins, vakzins, zins zinse, merkurs, kurs kurse, puls pulse, krebs krebse,
    wuchs wuchse, zuwachs zuwachse, gewächs gewächse, ^wachs wachse, ^lachs lachse, ^luchs luchse, ^fuchs fuchse,
    ^keks kekse, ^fels felse, ^hals halse, ^gans ganse, ^immens immense, konsens konsense, nonsens nonsense,
    dissens dissense, ^divers diverse, kontrovers kontroverse, pervers perverse, ^vers verse, ^revers reverse
"""
FALSE_ENDINGS = EndTable(FALSE_ENDING_ROWS)
"""Words whose ending Snowball would wrongly cut. With an added -e it cuts that instead (Problem, Probleme)."""

# Nouns and surnames in -er that are not forms of a shorter word: Fischer and Fisch, Messer and Messe, Lager and Lage.
_ENDS_IN_ER = """
    messer lager kammer hammer zucker silber wetter muster ^meister mauer leber feder finger banner wunder ^hafer
    ^müller ^mueller ^möller ^moeller ^schneider ^scheuer ^fischer ^center ^volker ^weber ^schulter ^springer ^meyer
    ^mayer ^palmer ^bauer ^schäfer ^becker ^huber ^köhler ^kohler ^glaser ^werder ^roller ^luther ^ruder ^böller ^kober
    ^cover ^teller ^sonder ^hocker ^sander ^geiger ^krüger ^ebner ^steiner ^kramer ^krämer ^dörner ^seidler ^körber
    ^ritter ^hunter ^berger ^potter ^förster ^forster ^brenner ^pfeiler ^felser ^brunner ^oster ^raster ^kerber ^inder
    ^maler ^weiler ^hüter ^sprinter ^kicker ^heiner ^tucker ^brucker ^singer ^schreiner ^kummer ^hofer ^kämmerer ^laster
    ^gerster ^benner ^pflüger ^weser ^wagener ^pater ^döner ^carter ^genscher ^mahler ^foster ^hanser ^kater ^dräger
    ^federer ^binder ^schlager ^bader ^walker ^rieger ^auster ^emser ^bucher ^gruber ^spranger ^reeder ^kreiser ^seiter
    ^köter ^kerner ^decker ^mister ^köster ^euler ^wolter ^moser ^blatter ^wegener ^kähler ^hager ^wöller ^laser ^herder
    ^röder ^schenker ^klinger ^heider ^haller ^thaler ^seiler ^böhmer ^äther ^weiher ^walzer ^pelzer ^köcher ^fehler
    ^richter ^master ^premier ^schröter ^bieber ^peter ^töpfer ^hacker ^dealer ^beamer
"""
# The shorter word of a pair to which Snowball gives one stem: Reis and Reise, Kohl and Kohle, Not and Note.
_SHORTER = """
    ^reis reis-, ^kohl kohl-, ^kohls kohl-, ^not not-, ^nöte not-, ^nöten not-, ^list list-, ^akt akt-, ^akts akt-,
    ^aktes akt-, ^mark mark-, ^watt watt-, ^watts watt-, ^schal schal-, ^schals schal-, ^kant kant-, ^kants kant-,
    ^post post-, ^bann bann-, ^müll müll-, ^mülls müll-, ^bodensee bodensee-, ^ton ton-, ^tons ton-, ^töne ton-,
    ^tönen ton-, ^ross ross-, ^busze busse-, ^buszen busse-, ^masz masz-, ^gerichtet gerichtet-, ^gerichtete gerichtet-,
    ^gerichteten gerichtet-, ^bäuerin bäuerin-, ^bäuerinnen bäuerin-, ^masze masz-, ^maszen masz-
"""
APART_ROWS = _SHORTER + "".join(
    f", {word}{end} {word.removeprefix('^')}{kept}-"
    for word in _ENDS_IN_ER.split()
    for end, kept in (("", ""), ("s", ""), ("n", ""), ("in", "in"), ("innen", "in"))
)
APART = EndTable(APART_ROWS)
"""Words to which Snowball would give the stem of another word; each keeps a stem of its own, marked with '-'."""

_ABBREVIATED = """
    ^mio million, ^mill million, ^mrd milliarde, ^tsd tausend, ^dr doktor, ^prof professor, ^eur euro, ^nr nummer,
    ^ca zirka, ^circa zirka, ^std stunde, ^sek sekunde, ^jh jahrhundert, ^jhd jahrhundert, ^str strasse,
    ^hbf hauptbahnhof, ^bspw beispielsweise, ^evtl eventuell, ^ggf gegebenenfalls, ^inkl inklusive, ^vs versus,
    ^km kilometer, ^kg kilogramm, ^mwst mehrwertsteuer, ^mehrwertst mehrwertsteuer, ^bzw beziehungsweise,
    ^% prozent, ^€ euro, ^$ dollar, ^£ pfund, ^§ paragraf, ^§§ paragraf
"""
ABBREVIATED = EndTable(_ABBREVIATED)
"""Abbreviations and signs, as the words they are read as."""

_VOWELS = "aeiouyäöü"
_S_AFTER = frozenset("aiouyüjpvwxzc")
_S_AFTER_ENDING = ("ers", "erns", "erens")
# The -s belongs to the word. Without it the word would lose its other forms (Preis, Preise), or share the stem of
# another word (Andreas and Andrea, Status and Statue). In longer words -los is an ending: arbeitslos, but Kilos.
_S_KEPT = ("eis", "haus", "maus", "laus", "gas", "glas", "gras", "schnaps", "knirps", "applaus")
_S_WORDS = """
    abstrus alias andreas andrews basis burschikos carlos claus corps cottbus diffus dubios elias etwas famos furios
    grandios hamas irgendwas jonas judas klaps klops kollaps konfus kontrovers korps kurios lucas lukas marcos
    matthews nicolas nikolas paris pervers philips praxis pumps rigoros sowas status thomas türkis virtuos
"""
_S_KEPT_WORDS = frozenset(_S_WORDS.split())


def without_genitive(word: str) -> str:
    """The word without the -s of a genitive or plural, where Snowball keeps the -s or cuts too much.

    Snowball keeps -s after a vowel and after j p v w x z c; it stems Orchester to "orch", but Orchesters to "orchest".

    >>> [without_genitive(word) for word in ("selenskyjs", "europas", "orchesters", "preis", "verhältnis", "melonis")]
    ['selenskyj', 'europa', 'orchester', 'preis', 'verhältnis', 'meloni']
    """
    if len(word) < 5 or word[-1] != "s" or word in _S_KEPT_WORDS:
        return word
    if word[-2] not in _S_AFTER:
        return word[:-1] if len(word) > 6 and word.endswith(_S_AFTER_ENDING) else word
    if word.endswith(_S_KEPT) or (len(word) > 5 and word.endswith("los")):
        return word
    if word.endswith("nis") and word[-4] not in _VOWELS:
        return word
    return word[:-1]
