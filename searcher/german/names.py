"""Names from other scripts, with the spellings that German news and agencies print."""

NAMES = """
    selenskyj selenskij selenski selensky zelensky zelenskyy zelenskyj zelenskiy zelenski, kiew kyjiw kyiv kiev,
    lukaschenko lukaschenka lukashenko lukashenka, charkiw charkow kharkiv kharkov, lwiw lemberg lviv lwow,
    odessa odesa, luhansk lugansk, donezk donetsk, cherson kherson, mykolajiw nikolajew mykolaiv nikolaev,
    saporischschja saporoschje saporischja zaporizhzhia zaporizhia, tschernobyl tschornobyl chernobyl chornobyl,
    bachmut bakhmut, dnipro dnjepr dnepr, krywyj krivoy kryvyi, butscha bucha, isjum izium,
    klitschko klytschko klychko, poroschenko poroshenko, timoschenko tymoschenko tymoshenko timoshenko,
    janukowitsch janukowytsch yanukovych, saluschnyj zaluzhny zaluschnyj zaluzhnyi saluschny, kuleba kuleba,
    nawalny nawalnyj navalny navalnyj, lawrow lavrov, medwedew medwedjew medvedev, schoigu shoigu shoygu,
    prigoschin prigozhin, chodorkowski chodorkowskij khodorkovsky khodorkovski, gorbatschow gorbatschew gorbachev
    gorbachov, jelzin yeltsin, chruschtschow khrushchev, breschnew brezhnev, dostojewski dostojewskij dostoevsky
    dostoyevsky, tschaikowski tschaikowsky tchaikovsky, tschechow chekhov, solschenizyn solzhenitsyn, litwinenko
    litvinenko, skripal skripal, kadyrow kadyrov, tichanowskaja tsichanouskaja tikhanovskaya zichanouskaja,
    schewardnadse shevardnadze, saakaschwili saakashvili, alijew aliyev, nasarbajew nazarbayev, tokajew tokayev,
    netanjahu netanyahu netanjahou, khamenei chamenei chameneï, chomeini khomeini, ahmadinedschad ahmadinejad,
    rohani ruhani rouhani, raisi raissi, ghaddafi gaddafi gadhafi khadafi qaddafi, mubarak mubarak, mursi morsi,
    sisi sissi, haftar hafter, hisbollah hizbollah hezbollah hisbullah, hamas hamas, huthi huthis houthi houthis,
    dschihad jihad djihad, dschihadist jihadist djihadist, mohammed muhammad mohamed, koran qur'an, scharia sharia,
    scheich scheikh sheikh, emir amir, taliban taleban, dschalalabad jalalabad, masar-i-scharif mazar-i-sharif,
    riad riyadh, teheran tehran, bagdad baghdad, dschidda jidda jeddah, sanaa sana, mossul mosul, kirkuk kerkuk,
    kobane kobani, idlib idleb, chartum khartum khartoum, darfur dafur, mogadischu mogadishu, peking beijing,
    kanton guangzhou, xinjiang sinkiang, taipeh taipei, pjöngjang pyongyang, rangun yangon, mumbai bombay,
    kolkata kalkutta, chennai madras, tokio tokyo, osaka ossaka, maskat muscat, belgrad beograd,
    bukarest bucuresti, priština pristina prishtina, moskau moskwa moscow, sankt-petersburg st.-petersburg,
    wladiwostok vladivostok, nowosibirsk novosibirsk, tschetschenien tschetschnja chechnya, grosny grozny,
    abchasien abkhazia, eriwan jerewan yerevan, tiflis tbilissi tbilisi, kischinau chisinau chişinău,
    milosevic milošević, karadzic karadžić, mladic mladić, vucic vučić, orban orbán, erdogan erdoğan,
    öcalan ocalan, özdemir oezdemir, yücel yuecel
"""
"""One name per row, separated by commas: its spellings in German news and agency texts.

The rows are compiled by hand and not checked against a reference work; they are neither complete nor a standard.
"""
