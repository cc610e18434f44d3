"""German function words: articles, pronouns, prepositions, conjunctions, auxiliaries and the commonest adverbs.

They are indexed like any other word, because phrases need them; a query drops them only if other words remain. Verbs
and adjectives with a meaning of their own ("machen", "neu", "gut") are not function words.

>>> "nicht" in STOP_WORDS, "krieg" in STOP_WORDS
(True, False)
"""

_WORDS = """
    der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner keines
    dieser diese dieses diesen diesem dies jener jene jenes jenen jenem jeder jede jedes jeden jedem
    welcher welche welches welchen welchem solcher solche solches solchen solchem
    derselbe dieselbe dasselbe denselben demselben desselben derselben dieselben
    all alle aller alles allen allem beide beiden beider beides beidem einige einigen einiger einiges einigem
    manch manche mancher manchen manches manchem welch solch derer
    ich du er sie es wir ihr mich dich sich uns euch mir dir ihm ihn ihnen man selbst selber
    mein meine meinen meinem meiner meines dein deine deinen deinem deiner deines
    sein seine seinen seinem seiner seines ihre ihren ihrem ihrer ihres
    unser unsere unseren unserem unserer unseres euer eure euren eurem eurer eures
    deren dessen denen wer wen wem wessen was etwas nichts jemand jemanden jemandem niemand niemanden niemandem
    in im ins an am ans auf aufs aus bei beim bis durch durchs für fürs gegen gegenüber hinter mit nach neben ohne seit
    trotz über übers um ums unter vom von vor während wegen zu zum zur zwischen außer innerhalb außerhalb ab per pro
    und oder aber denn sondern doch sowie sowohl weder noch entweder dass daß weil wenn falls ob obwohl als wie
    damit indem bevor nachdem sobald solange sodass da je desto
    bin bist ist sind seid war warst waren sei seien wäre wären gewesen
    hab habe hast hat haben habt hatte hatten hätte hätten gehabt
    werde wirst wird werden werdet wurde wurden würde würden worden geworden
    kann können könne konnte konnten könnte könnten muss muß müssen müsse musste mußte mussten müsste müssten
    soll sollen solle sollte sollten will wollen wolle wollte wollten darf dürfen dürfe durfte durften dürfte dürften
    kannst könnt musst müsst sollst sollt willst wollt darfst dürft mag mögen möge mochte mochten möchte möchten
    nicht auch nur schon noch so sehr mehr dann dort hier da nun jetzt immer wieder bereits etwa eben zwar ja nein
    also dabei dafür dagegen daher dadurch daran darauf daraus darin darüber darum davon davor dazu dazwischen
    hierzu wobei wodurch wofür wogegen worauf woraus worin worüber wovon wozu wo woher wohin wann warum wieso weshalb
    allerdings außerdem deshalb deswegen dennoch jedoch trotzdem zudem zumal sogar gar kaum fast nie niemals leider
"""
STOP_WORDS = frozenset(_WORDS.split())
