"""What danger looks like in English, by kind; `~` is up to 25 characters of one clause."""

KINDS: dict[str, str] = {
    "electric": r"""
        zapp tingl|shocks?\b(?!ing) live~(?:current|wire) frayed exposed~wires? wires?~exposed
        (?:trip|blew)~(?:breaker|fuse)
    """,
    "fire": r"""
        glow(?:ed|ing)?~red char(?:red|ring)\b set~alight went~up~in~smoke
    """,
    "explosion": r"""
        popped~(?:like|and|off|open) (?:lid|cover|glass)~(?:blew|flew|burst) hiss(?:ing|ed)
        flew~(?:off|out|across) blew~(?:off|out|apart)
    """,
    "battery": r"""
        battery~(?:swell|swoll|bulg|hot|leak) leak(?:ing|ed)~acid acid~leak
        (?:extremely|burning|scalding)~hot hot~while~charging
    """,
    "gas": r"""
        propane refrigerant freon ammonia chlorine gas~(?:leak|smell) smell~gas dizz nause
        (?:gives?|gave|got|had|have|bad)~headaches? alarm~went~off
    """,
    "poison": r"""
        made~(?:us|me|him|her|them)~(?:all~)?(?:sick|ill)
        (?:got|became|fell|was|were)~(?:very~)?(?:sick|ill)\b(?!~(?:of|and~tired)) food~poison
        diarrh salmonella (?:stomach|abdominal)~(?:cramp|ache) cadmium mercury arsenic asbestos
        (?:positive|tested|contain\w*|high)~lead
        (?:metal|glass|nail|bone|insect|maggot|worm|needle)~in~(?:the|my|his|her) seizure
        convuls rat~dropping
    """,
    "reaction": r"""
        hives\b swell\b swelled (?:skin|face)~(?:peel|red|itch|burn) urgent~care side~effect
        palpitation chest~pain passed~out anaphyla
    """,
    "harm to oneself": r"""
        suicid kill~(?:myself|himself|herself|you) end~(?:my|it)~(?:life|all) self-?harm
        want~to~die don.?t~want~to~live no~reason~to~live jump~off~(?:a|the)
    """,
    "brakes": r"""
        brakes?~(?:fail|did|not|went|soft|fade|lock|lost|stopp|quit|gone|out|release|double)
        brak(?:e|ing)~distance
        (?:could|would|did)~(?:not|n.t)~stop\b(?=~(?:car|bike|scooter|truck|the|in))
        roll(?:ed|ing)?~away it~rolled
    """,
    "acceleration": r"""
        surged unintended~accel accelerat throttle~(?:stuck|stick|jam)
        cruise~control~(?:would|did|not) on~its~own\b(?=~(?:start|acc|turn)) lurch
    """,
    "steering": r"""
        steering~(?:lock|fail|quit|lost|stuck|stiff|wheel) pulls~(?:hard|left|right|to)
        wheels?~(?:will~not|won.t|would~not|came~off|fell|lock) veer
    """,
    "stall": r"""
        stall(?:s|ed|ing)?\b lost~power engine~(?:shut|died|cut|quit|stop) electrics~died
        slipped~into~neutral (?:freeway|highway|traffic|driving)~(?:died|shut|dead|lost)
    """,
    "belts": r"""
        air.?bags?~ seat.?belt~ harness~ buckle~(?:came|open|not|unlatch) unlatch
    """,
    "breaking": r"""
        blow-?out ti[rc]es?~(?:blew|burst|bulg|sep|crack) tread~sep sidewall axle~ ball~joint
        (?:studs?|lug~nuts?|fork|frame|rung|handlebar|stem|step|seat|leg|ladder|chair|bench)~(?:snap|broke|shear|crack|gave~way|fail|came~off)
        gave~way snapped
    """,
    "fall": r"""
        came~down~on thrown~(?:off|from) flew~off slipp(?:ed|ing)~(?:and|out|off) slid~out
        side~dropped
    """,
    "child": r"""
        gagg ran~over hit~(?:him|her|me|my|his)~in poked stabbed string~around
        button~(?:batter|cell) magnet (?:hand|head|finger|foot|arm)~(?:stuck|caught|jam)
        open(?:s|ed)?~child~lock child~lock~(?:fail|broke|did|does|not|open) blue~in~the~face in~(?:his|her)~mouth
    """,
    "injury": r"""
        black~eye bit~through paralys paralyz disloc sprain unconscious ambulance paramedic
        urgent~care lost~(?:vision|sight|consciousness) (?:hot|boiling)~water too~hot~to~touch
        (?:knocked|broke|chipped)~(?:\w+~)?(?:tooth|teeth) life.?threat
    """,
}
# What sounds like danger and is none; the rest of the text is read all the same.
FIGURES = r"""
    fire~(?:tablet|stick|tv|hd) burn(?:ed|t)?~out~by smoking~deal killer~price
    cut~(?:the~)?(?:price|short|my~hours) stuck~in~(?:traffic|the~(?:queue|airport|atm|machine))
    (?:no~?one|nobody)~(?:was~|were~|is~|got~)?(?:hurt|injured) not~(?:hurt|injured) no~injur(?:y|ies)
    sick~(?:of|and~tired) doll~hair blew~my~(?:budget|mind) painful~to~use dying~(?:for|to)~
    medical~(?:reason|appointment) phone~(?:died|is~gonna~died) shocking~(?:service|customer)
    burn~(?:rate|calories) scared trapped~in~(?:houston|(?:the~)?airport) safety~first
    swallow(?:ed)?~my~card smell~of~coffee
"""
