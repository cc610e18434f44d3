"""Verbs: from any form of a verb to its other forms, which Snowball stems differently (infiziert, infizieren).

A table lists the past tense, participle and third person of strong verbs. Weak verbs have a list, because without it
every noun in -t would look like a verb. Prefixes are removed first: one row for steigen serves absteigen, abgestiegen
and abzusteigen. Verbs in -ieren need no list.

>>> verb_forms("gestiegene")
('steigen', 'steigend', 'steige', 'stieg', 'gestiegen', 'steigt', 'steigung')
>>> "abstieg" in verb_forms("abgestiegen"), verb_forms("infiziertes")[:2], verb_forms("gericht")
(True, ('infizieren', 'infizierend'), ())
"""

from __future__ import annotations

import re

STRONG_ROWS = """
    backen backte gebacken backt bäckt, befehlen befahl befohlen befiehlt, beginnen begann begonnen beginnt,
    beißen biss gebissen beißt, bergen barg geborgen birgt, bersten barst geborsten birst, betrügen betrog
    betrogen betrügt, biegen bog gebogen biegt, bieten bot geboten bietet, binden band gebunden bindet, bitten
    bat gebeten bittet, blasen blies geblasen bläst, bleiben blieb geblieben bleibt, braten briet gebraten brät,
    brechen brach gebrochen bricht, brennen brannte gebrannt brennt, bringen brachte gebracht bringt, denken
    dachte gedacht denkt, dringen drang gedrungen dringt, empfangen empfing empfangen empfängt, empfehlen
    empfahl empfohlen empfiehlt, empfinden empfand empfunden empfindet, erlöschen erlosch erloschen erlischt,
    erschrecken erschrak erschrocken erschrickt, essen aß gegessen isst, fahren fuhr gefahren fährt, fallen fiel
    gefallen fällt, fangen fing gefangen fängt, fechten focht gefochten ficht, finden fand gefunden findet,
    flechten flocht geflochten flicht, fliegen flog geflogen fliegt, fliehen floh geflohen flieht, fließen floss
    geflossen fließt, fressen fraß gefressen frisst, frieren fror gefroren friert, geben gab gegeben gibt,
    gebären gebar geboren gebärt gebiert, gedeihen gedieh gediehen gedeiht, gehen ging gegangen geht, gelingen
    gelang gelungen gelingt, gelten galt gegolten gilt, genesen genas genesen genest, genießen genoss genossen
    genießt, geschehen geschah geschehen geschieht, gewinnen gewann gewonnen gewinnt, gießen goss gegossen
    gießt, gleichen glich geglichen gleicht, gleiten glitt geglitten gleitet, graben grub gegraben gräbt,
    greifen griff gegriffen greift, gären gor gegoren gärt, halten hielt gehalten hält, hauen haute gehauen
    haut, heben hob gehoben hebt, heißen hieß geheißen heißt, helfen half geholfen hilft, hängen hing gehangen
    hängt, kennen kannte gekannt kennt, klingen klang geklungen klingt, kneifen kniff gekniffen kneift, kommen
    kam gekommen kommt, kriechen kroch gekrochen kriecht, laden lud geladen lädt, lassen ließ gelassen lässt,
    laufen lief gelaufen läuft, leiden litt gelitten leidet, leihen lieh geliehen leiht, lesen las gelesen
    liest, liegen lag gelegen liegt, lügen log gelogen lügt, meiden mied gemieden meidet, melken molk gemolken
    melkt, messen maß gemessen misst, misslingen misslang misslungen misslingt, nehmen nahm genommen nimmt,
    nennen nannte genannt nennt, pfeifen pfiff gepfiffen pfeift, preisen pries gepriesen preist, quellen quoll
    gequollen quillt, raten riet geraten rät, reiben rieb gerieben reibt, reiten ritt geritten reitet, reißen
    riss gerissen reißt, rennen rannte gerannt rennt, riechen roch gerochen riecht, ringen rang gerungen ringt,
    rinnen rann geronnen rinnt, rufen rief gerufen ruft, saufen soff gesoffen säuft, schaffen schuf geschaffen
    schafft, scheiden schied geschieden scheidet, scheinen schien geschienen scheint, schelten schalt gescholten
    schilt, scheren schor geschoren schert, schieben schob geschoben schiebt, schießen schoss geschossen
    schießt, schlafen schlief geschlafen schläft, schlagen schlug geschlagen schlägt, schleichen schlich
    geschlichen schleicht, schließen schloss geschlossen schließt, schlingen schlang geschlungen schlingt,
    schmeißen schmiss geschmissen schmeißt, schmelzen schmolz geschmolzen schmilzt, schneiden schnitt
    geschnitten schneidet, schreiben schrieb geschrieben schreibt, schreien schrie geschrien schreit, schreiten
    schritt geschritten schreitet, schweigen schwieg geschwiegen schweigt, schwellen schwoll geschwollen
    schwillt, schwimmen schwamm geschwommen schwimmt, schwinden schwand geschwunden schwindet, schwingen schwang
    geschwungen schwingt, schwören schwor geschworen schwört, sehen sah gesehen sieht, senden sandte gesandt
    sendet, singen sang gesungen singt, sinken sank gesunken sinkt, sitzen saß gesessen sitzt, spinnen spann
    gesponnen spinnt, sprechen sprach gesprochen spricht, springen sprang gesprungen springt, stechen stach
    gestochen sticht, stehen stand gestanden steht, stehlen stahl gestohlen stiehlt, steigen stieg gestiegen
    steigt, sterben starb gestorben stirbt, stinken stank gestunken stinkt, stoßen stieß gestoßen stößt,
    streichen strich gestrichen streicht, streiten stritt gestritten streitet, tragen trug getragen trägt,
    treffen traf getroffen trifft, treiben trieb getrieben treibt, treten trat getreten tritt, trinken trank
    getrunken trinkt, trügen trog getrogen trügt, tun tat getan tut, verderben verdarb verdorben verdirbt,
    vergessen vergaß vergessen vergisst, verlieren verlor verloren verliert, verschwinden verschwand
    verschwunden verschwindet, verzeihen verzieh verziehen verzeiht, wachsen wuchs gewachsen wächst, waschen
    wusch gewaschen wäscht, weichen wich gewichen weicht, weisen wies gewiesen weist, wenden wandte gewandt
    wendet, werben warb geworben wirbt, werfen warf geworfen wirft, wiegen wog gewogen wiegt, winden wand
    gewunden windet, wissen wusste gewusst weiß, wägen wog gewogen wägt, ziehen zog gezogen zieht, zwingen zwang
    gezwungen zwingt
"""
"""Infinitive, past tense, participle, third person."""

WEAK_ROWS = """
    achten ahnden ahnen arbeiten atmen bangen basteln bauen beabsichtigen beanspruchen beantragen beantworten
    beauftragen bedingen beeilen beeindrucken beeinflussen beeinträchtigen befolgen befragen befreien
    befriedigen befähigen befürworten begegnen begeistern begleiten begnügen begrenzen begründen begünstigen
    beharren behaupten beherbergen beherzigen beinhalten beisteuern bekräftigen bekunden belasten beleben
    belehren beleidigen bemängeln bemühen benachteiligen beneiden beobachten bereichern bereiten bereuen
    beruhigen berücksichtigen bescheinigen beschlagnahmen beschleunigen beschränken beschuldigen beschweren
    beschäftigen beseitigen besichtigen bessern besteuern bestimmen bestrafen bestätigen besuchen beteiligen
    beten betonen betrachten betreuen betteln beugen beunruhigen bevorzugen bewegen bewerten bewähren bewältigen
    bezahlen beziffern bilden billigen blenden blicken blinken bloggen bluten bohren boomen brandmarken brauchen
    bremsen brüllen brüsten buchen bündeln checken danken dauern decken dehnen deuten dienen dopen drehen
    driften drohen drosseln drucken drängeln drängen drücken ducken dulden dämpfen ebnen ehren eignen einigen
    enden entdecken entfachen entfalten entfernen entfesseln entfristen enthüllen entkräften entlarven entlasten
    entschuldigen entwickeln erfolgen erfüllen ergattern ergänzen erhöhen erinnern erklären erkranken erkunden
    erkundigen erlangen erlauben erleben erledigen erleichtern erläutern ermitteln ermorden ermuntern ermutigen
    ermächtigen ermöglichen erneuern ernten erobern erproben erregen erschweren erschüttern ersticken erstrecken
    erteilen erweitern erwidern erwirtschaften erwähnen erzeugen erzielen erörtern fahnden faseln fassen fegen
    fehlen feiern fertigen festigen feuern filtern fischen flattern fluten flüchten flüstern folgen folgern
    foltern fordern forschen fragen freuen fälschen färben fördern fügen fühlen führen füllen fürchten füttern
    gefährden gehören genehmigen gestalten gewähren gewöhnen glauben glänzen googeln grillen gründen grüßen
    gucken gönnen hadern hamstern handeln handhaben hassen hebeln hegen heilen heiraten heizen hemmen herrschen
    hetzen heulen hieven hindern hoffen holen horten huldigen hupen hämmern hängen häufen hören hüpfen impfen
    irren jagen jammern joggen jubeln kapern kaufen kehren kicken kippen klagen klammern klappen klatschen
    klauen kleben kleiden klettern klicken klingeln klopfen klären knacken knallen knüpfen kochen kosten krachen
    kratzen kreuzen kriegen kämpfen kühlen kümmern kündigen küren kürzen küssen lachen landen langweilen
    lauschen lauten leben leeren legen lehnen leisten leiten lenken lernen leuchten leugnen lieben liebäugeln
    liefern loben locken lockern lohnen lähmen läuten löschen lösen machen mahnen malen managen mangeln mauern
    meckern mehren meinen melden merken mildern mindern mischen mutmaßen münden neigen nicken nutzen nähen
    nähern nähren nötigen nützen ordern ordnen packen parken passen peitschen pendeln pflegen plagen planen
    platzen plaudern plündern pochen posten prallen predigen pressen prägen prüfen prügeln pumpen pusten putzen
    pöbeln quatschen quälen radeln rauben rauschen rechnen rechtfertigen reden regnen reichen reizen retten
    richten ruhen rutschen rächen rätseln rühmen rühren rüsten rütteln sagen sammeln saugen scannen schaffen
    schalten schauen schaufeln scheitern schenken scheren scherzen scheuen schicken schildern schimpfen
    schleifen schleppen schlittern schlucken schlussfolgern schlüpfen schmecken schmieden schmücken schnappen
    schnellen schnüren schonen schrumpfen schubsen schuften schwenken schwitzen schwächen schädigen schämen
    schärfen schätzen schöpfen schüren schütteln schütten schützen segeln segnen sehnen senden senken setzen
    sichern sichten siegen sorgen spalten spannen sparen speichern spenden sperren spiegeln spielen sprengen
    sprühen spucken spuken spülen spüren stammen stampfen stapeln starren starten statten staunen stecken
    steigern stellen stemmen stempeln steuern stiften stimmen stolpern stopfen stoppen strahlen streamen streben
    streicheln streiken streuen sträuben strömen stärken stören stürmen stürzen stützen suchen tagen tanzen
    tappen tauchen taugen taumeln tauschen testen toben trauen trauern trennen trocknen trommeln trotzen träumen
    trösten trüben twittern tätigen täuschen töten umarmen unterbreiten untermauern urteilen verabreden
    verabreichen verabschieden verankern veranlassen veranstalten verantworten verbannen verbreiten
    verdeutlichen verdichten verdoppeln verdreifachen vereinbaren vereinfachen vereinheitlichen verfolgen
    vergewaltigen vergiften vergrößern verhaften verhandeln verharmlosen verharren verheimlichen verhungern
    verklagen verkleinern verkörpern verkünden verlagern verlangsamen verlegen verletzen verlängern vermarkten
    vermieten vermissen vermitteln vermuten vernachlässigen vernetzen vernichten verorten verpflichten verreisen
    verringern verschlechtern verschlimmern verschulden verschwenden verschärfen verstetigen verstummen
    verständigen versäumen verteidigen verteilen verteuern verteufeln vertiefen vertuschen verunglimpfen
    verunsichern verursachen verwalten verweilen verwirklichen verzahnen verzichten verändern veröffentlichen
    verüben wagen wahren wandeln wandern warnen warten wechseln wecken wehren weigern weinen weiten wenden
    wettern wickeln widmen wirken wischen wittern wohnen wundern wählen wälzen wünschen würdigen wüten zahlen
    zaubern zeichnen zeigen zerren zerstören zielen zittern zocken zollen zweifeln zählen zögern züchten zücken
    zünden ändern ärgern äußern öffnen überlasten überleben übermitteln übernachten überqueren überraschen
    überwachen überzeugen
"""
"""Infinitives of weak verbs that are frequent in news, without separable prefixes."""

PREFIXES = """
    ab an auf aus be bei dar durch ein ent er fehl fern fest fort frei gegenüber gleich heim her herab heran
    heraus herbei herein herum hervor hin hinaus hinein hinter hinzu hoch los miss mit nach nieder preis statt
    teil tot über um un unter ver vor voran voraus vorbei wahr weg weiter wider wieder zer zu zurück zusammen
"""
_NOUN_ROWS = """
    land tag lag end fall grund bereich bild tat schritt krieg platz weis buch gesicht mund lad masz- strom berg
    wand quell mind feu schnellt brem band geland ring gart post wind geduld verlag schlang zoll schild wein
    wetter- kreuz rang haut gen genoss strich schwell brust ord stahl kurt malt legend witt ass bucht roch kur
    hamm preis rat wag press geleg schub mauer- sicht park steu zahl gericht
"""
NOUN_STEMS = frozenset(_NOUN_ROWS.split())
"""Stems that a verb form shares with a more frequent noun of another meaning: getagt must not find Tag."""

_ENDINGS = ("", "e", "en", "er", "es", "em", "n", "t", "st", "et", "est")
_IN_T = ("t", "te", "ten", "ter", "tes", "tem", "et", "ete", "eten", "eter", "etes", "etem")
_WEAK_ENDINGS = (*_IN_T, "test", "tet", "etest", "etet", *_ENDINGS)
_IEREN = re.compile(r"(.{2,}ier)(?:en|e|st|te?|te[nrsmt]|test|end|ende[nrsm]?)")
_PRESENT = re.compile(r"(.+en|.+[er][ln])d(?:e[nrsm]?)?")


def _root(infinitive: str) -> str:
    return infinitive[:-2] if infinitive.endswith("en") else infinitive[:-1]


def _et(root: str) -> str:
    """The ending of the third person of a weak verb: arbeitet, rechnet, but lernt and wohnt."""
    nasal = root[-1] in "mn" and (root[-2] not in "aeiouyäöülrmnh" or root[-3:-1] == "ch")
    return "et" if root[-1] in "td" or nasal else "t"


_STRONG = {infinitive: rest for infinitive, *rest in map(str.split, STRONG_ROWS.split(","))}
_WEAK = frozenset(WEAK_ROWS.split())
_PREFIXES = tuple(sorted(PREFIXES.split(), key=len, reverse=True))
_INSEPARABLE = frozenset(["be", "ent", "er", "ge", "miss", "ver", "zer"])
_VERBS = {_root(infinitive): infinitive for infinitive in (*_STRONG, *_WEAK)}
_FINITE: dict[str, str] = {}
_PARTICIPLES: dict[str, str] = {}
for _verb, (_past, _participle, *_thirds) in _STRONG.items():
    _FINITE |= dict.fromkeys([_past, *_thirds], _verb)
    _PARTICIPLES[_participle] = _verb


def _without(word: str, endings: tuple[str, ...]) -> list[str]:
    return [
        word[: len(word) - len(end)] for end in endings if word.endswith(end) and len(word) > len(end) + 1
    ]


def _infinitive(word: str, prefixed: bool, noun: bool) -> str:
    """The infinitive of a form without its separable prefix; '' if unknown."""
    if prefixed and word.startswith("zu") and word[2:] in (*_STRONG, *_WEAK):
        return word[2:]
    if word in _STRONG or word in _WEAK:
        return word
    if present := _PRESENT.fullmatch(word):
        return present[1] if present[1] in _STRONG or present[1] in _WEAK else ""
    for form in _without(word, _ENDINGS):
        found = _PARTICIPLES.get(form) or (_PARTICIPLES.get("ge" + form) if prefixed else None)
        if found is None and not noun:
            found = _FINITE.get(form) or (_VERBS.get(form) if form + "en" in _STRONG else None)
        if found:
            return found
    for root in _without(word.removeprefix("ge"), _IN_T) if word.startswith("ge") else ():
        if _VERBS.get(root) in _WEAK:
            return _VERBS[root]
    for root in _without(word, _WEAK_ENDINGS) if prefixed or not noun else ():
        if _VERBS.get(root) in _WEAK:
            return _VERBS[root]
    return ""


def _of_noun(word: str) -> str:
    """The infinitive of a noun in -ung (Forderung, Sammlung, Steigung); '' if unknown."""
    root = word.removesuffix("en").removesuffix("ung")
    if root == word or len(root) < 3:
        return ""
    spelled = root[:-1] + "el" if root.endswith("l") else root
    return _VERBS.get(root) or _VERBS.get(spelled) or ""


def _forms(prefix: str, infinitive: str) -> tuple[str, ...]:
    root = _root(infinitive)
    weak = root + _et(root)
    parted = bool(prefix) and prefix not in _INSEPARABLE
    past, participle, *thirds = _STRONG.get(infinitive, (weak + "e", "ge" + weak, weak))
    noun = (root[:-2] + "l" if root.endswith("el") else root) + "ung"
    forms = [infinitive, infinitive + "d", "zu" + infinitive if parted else "", root + "e", past]
    forms += [participle.removeprefix("ge") if prefix and not parted else participle, *thirds]
    if infinitive in _WEAK:
        forms += [weak, weak + "e", weak if prefix and not parted else "ge" + weak]
    return tuple(dict.fromkeys(prefix + form for form in (*forms, noun) if form))


def verb_forms(word: str, noun: bool = False) -> tuple[str, ...]:
    """Printed forms of the verb of a lower-case word, with its noun in -ung; () if the word is not a known verb form.

    `noun`: the word had a capital, so it is not a finite form (Band is not a form of binden).
    """
    if known := _IEREN.fullmatch(word):
        root = known[1]
        return (root + "en", root + "end", root + "t", root + "te", root + "ung")
    for prefix in ("", *_PREFIXES):
        if word.startswith(prefix) and len(word) > len(prefix) + 2:
            rest = word[len(prefix) :]
            infinitive = _infinitive(rest, bool(prefix), noun) or _of_noun(rest)
            if infinitive:
                return _forms(prefix, infinitive)
    return ()
