//! Sentences by which people ask somebody close to them for something, or greet: `Ruf mich bitte an`, `Feed the cat`.
//! They are short and have few of the words that other messages have, but a verb begins them, beside a word for who is
//! meant or for something of a home.
//!
//! Names of carriers and places have a capital in each word. Kinds of messages are called by a verb too (`reset
//! password`), so more is asked of those.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::cell_text::{CellText, Kind, Part};
use super::words::Says;
use crate::domain::Field;

/// What a word is to such a sentence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// What somebody is asked to do, or says of himself, as no label and no name begins.
    Ask,
    /// The same, by a verb that may be in a label too.
    LooseAsk,
    /// A verb to which the one is joined who asks.
    AskFor,
    /// Who is meant.
    Person,
    /// Something of a home, or a time.
    Home,
}

impl CellText {
    /// True for such a sentence.
    pub(super) fn asks(&self, field: Field) -> bool {
        let least = match field {
            Field::Number | Field::SentAt => return false,
            Field::Account | Field::User | Field::MessageRef => 3,
            _ => 2,
        };
        // A number is no part of what is only said.
        if self.parts.len() < least || self.parts.iter().any(|part| part.kind != Kind::Word) {
            return false;
        }
        let words: Vec<&Part> = self.parts.iter().filter(|part| part.is_word()).collect();
        if words.len() < least {
            return false;
        }
        let kind = matches!(field, Field::Kind | Field::Channel);
        let begins = self.parts.first().is_some_and(|part| part.capital);
        let said = match greeting(&self.lower) {
            // Nouns have a capital in German, so all words of these may have one.
            Some(greeting) if CAPITAL_GREETINGS.contains(&greeting) => return begins,
            Some(_) => begins || !kind,
            None => false,
        };
        let told = match self.is_titled() {
            true => is_formal(&words) || ends_in_verb(&words),
            false => {
                said || is_formal(&words)
                    || ends_in_verb(&words)
                    || self.asks_by_verb(kind, begins, &words)
            }
        };
        told && !self.is_company(field, &words)
    }

    /// True for what the name of a company has. `ab` is a word of German too: `Hol mich ab`.
    fn is_company(&self, field: Field, words: &[&Part]) -> bool {
        let of_trade = || words.iter().any(|part| is_of_trade(&part.text));
        (field == Field::Carrier && of_trade())
            || (self.has_legal_form(field == Field::Carrier) && !self.lower.ends_with(" ab"))
    }

    /// `begins`: with a capital, as sentences do. Labels are often in small letters.
    fn asks_by_verb(&self, kind: bool, begins: bool, words: &[&Part]) -> bool {
        let roles: Vec<Option<Role>> = words.iter().map(|part| role(&part.text)).collect();
        let has = |role| roles.contains(&Some(role));
        let joined = self.has_joined_person();
        let person = has(Role::Person) || has(Role::AskFor) || joined;
        let home = has(Role::Home) && (begins || !kind);
        // Before the verb there is who is asked, or `please` and the like.
        let is_verb = |at: usize| {
            let role = roles.get(at).copied().flatten();
            matches!(role, Some(Role::Ask | Role::LooseAsk | Role::AskFor))
        };
        let silent = |at: usize| {
            let polite = words.get(at).and_then(|part| part.says) == Some(Says::Spoken);
            polite || roles.get(at) == Some(&Some(Role::Person))
        };
        let verb = (0..words.len().min(3)).find(|at| !silent(*at) || is_verb(*at));
        let verb = verb.filter(|at| is_verb(*at));
        let behind = verb.map(|at| words.iter().skip(at + 1).take(2));
        let mut behind = behind.into_iter().flatten();
        let article = behind.any(|next| ARTICLES.contains(&next.text.as_str()));
        let strong = verb.is_some_and(|at| roles.get(at) != Some(&Some(Role::LooseAsk)));
        match verb {
            Some(_) => person || home || (begins && (strong || (article && words.len() >= 3))),
            None => begins && (joined || (!kind && tells_of_one_thing(words))),
        }
    }

    /// True for a verb to which somebody is joined: `envoie-moi`, `așteaptă-mă`, `espérame`.
    fn has_joined_person(&self) -> bool {
        let Some(first) = self.parts.first() else {
            return false;
        };
        let next = self.parts.get(1).map(|part| part.text.as_str());
        let hyphen = first.after == "-" && next.is_some_and(|next| JOINED.contains(&next));
        let accent = first.text.contains(['á', 'é', 'í', 'ó', 'ú']);
        hyphen || (accent && JOINED_ENDS.iter().any(|end| first.text.ends_with(end)))
    }
}

/// True for a word before an article and small words, as no name is: `Apaga la luz`.
fn tells_of_one_thing(words: &[&Part]) -> bool {
    match words {
        [first, article, rest @ ..] => {
            let small = rest
                .iter()
                .all(|part| !part.capital && part.text.chars().count() > 2);
            ROMANCE_ARTICLES.contains(&article.text.as_str())
                && (1..=2).contains(&rest.len())
                && small
                && !OF_PLACES.contains(&first.text.as_str())
        }
        _ => false,
    }
}

/// True where a verb ends the sentence, as in Turkish: `Beni bekle`.
fn ends_in_verb(words: &[&Part]) -> bool {
    let last = words.last().map(|last| last.text.as_str());
    last.is_some_and(|last| LAST.contains(&last))
        && words
            .iter()
            .any(|part| is_of(part, &[Role::Person, Role::Home]))
}

/// True for how Germans ask politely: `Bringen Sie …`.
fn is_formal(words: &[&Part]) -> bool {
    match words {
        [verb, who, ..] => verb.text.ends_with("en") && who.text == "sie",
        _ => false,
    }
}

/// True for a word in the names of carriers.
fn is_of_trade(word: &str) -> bool {
    TRADE.iter().any(|part| word.starts_with(part))
}

fn role(word: &str) -> Option<Role> {
    ROLES.get(word).copied()
}

fn is_of(part: &Part, roles: &[Role]) -> bool {
    role(&part.text).is_some_and(|role| roles.contains(&role))
}

/// The greeting that begins a text in lower case.
fn greeting(lower: &str) -> Option<&'static str> {
    let begins = |greeting: &str| {
        let rest = lower.strip_prefix(greeting);
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
    };
    let first = lower.split(' ').next().unwrap_or_default();
    let greetings = GREETINGS_BY_WORD.get(first)?;
    greetings.iter().copied().find(|greeting| begins(greeting))
}

/// The greetings by their first word.
static GREETINGS_BY_WORD: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut by_word: HashMap<_, Vec<_>> = HashMap::new();
    for greeting in GREETINGS.iter().chain(&CAPITAL_GREETINGS) {
        let first = greeting.split(' ').next().unwrap_or_default();
        by_word.entry(first).or_default().push(*greeting);
    }
    by_word
});

static ROLES: LazyLock<HashMap<&'static str, Role>> = LazyLock::new(|| {
    let lists = [
        (Role::Home, HOME),
        (Role::LooseAsk, LOOSE_ASKS),
        (Role::Ask, ASKS),
        (Role::AskFor, ASKS_FOR),
        (Role::Person, PERSONS),
    ];
    let words = lists.iter().flat_map(|(role, list)| {
        let words = list.split_ascii_whitespace();
        words.map(|word| (word, *role))
    });
    words.collect()
});

/// English, German, Spanish, Portuguese, French, Italian, Dutch, Polish, Czech, Slovak, Hungarian, Romanian, Swedish,
/// Danish, Norwegian, Finnish, Turkish, Indonesian, Vietnamese, Russian, Ukrainian, Bulgarian, Serbian, Croatian,
/// Greek, Arabic, Persian, Hebrew, Hindi.
const ASKS: &str = "\
    bring grab hurry come forgive hug kiss remember forget ensure beware don't \
    hol komm warte schick schicke sag sage gib mach mache denk denke vergiss bring bringe fahr \
    fahre schlaf schreib schreibe melde nimm öffne schließ schließe hilf zieh geh gehe überweis überweise erinnere \
    frag frage leg lege stell stelle räum räume putz koch bleib bleibe zeig zeige beeil ruf sprich such suche trink iss \
    dime ven trae manda abre cierra olvida recoge llama contesta vuelve pon haz ten sal sube baja acuérdate dile diles \
    quedamos llegamos \
    traz traga pegue avisa chama esquece venha vem fala fale volta volte traga deixa deixe diga põe \
    appelle rappelle envoie viens attends achète prends ouvre apporte donne dis dépêche oublie réponds écris laisse \
    va vas fais sois \
    vieni prendi apri chiudi passa torna fai stai vai sii ricordati chiamate venite dai \
    kom haal wacht neem doe vergeet stuur geef zeg breng ga maak sluit vraag kijk laat luister schiet \
    zadzwoń oddzwoń oddzwonić wyślij przyślij przyjdź kup odbierz poczekaj otwórz zamknij weź napisz daj przynieś \
    powiedz pamiętaj wróć pomóż kocham tęsknię chodź zrób przekaż zapytaj idź jedź posprzątaj nakarm  \
    zavolej pošli přijď kup kupte vyzvedni počkej otevři zavři napiš dej přines řekni vezmi miluji zavolaj \
    príď počkaj otvor napíš prines miluj nezapomeň nezapomeňte udělej nakrm zeptej \
    hívj hívd hívjon küldd küldj gyere várj vegyél nyisd írj hozz hozd mondd menj vedd szeretlek siess kérdezd \
    sună vino așteaptă cumpără deschide închide trimite scrie iubesc adu spune dă du-te \
    hämta vänta köp öppna skicka stäng säg älskar glöm hör skynd fråga hent vent kjøp åpne lukk elsker åbn luk \
    skriv husk spør spørg skynd \
    soita lähetä tule odota osta hae avaa sulje tuo rakastan muista kirjoita ilmoita kysy \
    seviyorum özledim unutma \
    tunggu jemput kirimkan belikan pulanglah kabari jangan tolong \
    позвони перезвони пришли отправь приезжай приходи купи забери подожди открой закрой напиши люблю скучаю скажи \
    принеси дай возьми возвращайся помоги встреть захвати скинь забудь спроси покорми вынеси передай сходи иди \
    подзвони передзвони зателефонуй купи забери зачекай надішли відкрий відчини кохаю напиши скажи принеси приїжджай \
    забудь візьми спитай \
    обади ела купи изпрати чакай обичам вземи донеси отвори напиши кажи забравяй попитай \
    pozovi nazovi pošalji dođi kupi sačekaj pričekaj volim javi donesi otvori napiši uzmi reci zaboravi pitaj \
    έλα στείλε περίμενέ αγόρασε σ'αγαπώ άνοιξε κλείσε γράψε φέρε πάρε τηλεφώνησε τηλεφώνησέ πες μην \
    اتصل اتصلي أرسل ارسل أرسلي تعال تعالي انتظرني اشتر اشتري افتح أغلق أحضر احضر جيب هات خذ قل أعطني رد تتأخر \
    بزن بیا بفرست بخر بگو بیار صبر \
    תתקשר תתקשרי תשלח תשלחי בוא בואי תחכה תחכי תקנה תקני תפתח תביא תביאי תגיד תאחר \
    lend steh leih leihe verzeih antworte wirf zünd saca apaga enciende lava limpia cocina despierta \
    préstame regresa apúrate fíjate sors éteins allume range lave prépare réveille pardonne rends dépose \
    spegni accendi pulisci butta lava prepara svegliati sbrigati apaga acende lava limpa empresta devolve \
    faz leva bota acorda leen ruim zet pak eet drink zgaś zapal odrób pożycz obudź ugotuj wyrzuć zhasni \
    uklid ukliď půjč vzbuď uvař vyhoď oltsd mosd takarítsd főzz ébreszd stinge aprinde spală trezește \
    împrumută släck tänd städa väck låna slukk tenn vekk sluk tænd ryd sammuta siivoa herätä lainaa выключи \
    включи сделай убери займи помой постирай приготовь разбуди погуляй верни одолжи вимкни увімкни зроби \
    прибери позич поверни помий изключи включи измий изчисти върни ugasi upali operi skuvaj vrati probudi \
    σβήσε άναψε πλύνε ξύπνα μαγείρεψε أطفئ اغسل نظف ساعدني سامحني اترك خاموش روشن ببر תכבה תדליק תנקה תעזור";

/// Verbs that begin labels and names of companies too, or nouns.
const LOOSE_ASKS: &str = "\
    call ring text send give get take tell let pick open close lock walk drop buy pay check read reply return answer \
    turn drive sign keep make put stay stop help show save move find hold watch write ask pass visit update renew \
    feed wash fetch wait cook bake sleep leave meet be order transfer look think say wake book cancel remind go try \
    see never join collect confirm can could kan kannst könnten könntest puedes podrías peux pourrais puoi potresti \
    pode podes możesz můžeš můžete môžeš poți tudsz voitko можешь можеш možeš μπορείς \
    kauf kaufe besuch lass rufe sende kaufen besuchen rufen sichern zahle prüfe lies \
    espera busca toma llame envía envíe compra paga responde revisa lleva \
    espera espere pega liga ligue envie envia compre pague retorne \
    passe aide ferme appelez envoyez achetez payez répondez rappelez \
    chiama manda aspetta compra porta paga rispondi leggi scrivi \
    bel koop bellen betaal lees zaplať zapłać plata plătește köp køb \
    ring betala läs svara betal svar les maksa lue \
    bekle ara gel gönder aç kapat beli telepon pulang kirim gọi gửi mua về đợi chờ nhắn đón \
    заплати оплати прочитай плати прочети плаћај plati \
    finish clean charge park knock use wear lend step sit stand pull push start switch tidy share speak \
    hang kommst kommt sehen treffen leva faz maak marca cambia firma gana";

const ASKS_FOR: &str = "\
    chiamami richiamami mandami aspettami portami dimmi fammi dammi scrivimi ricordami lasciami prendimi aiutami \
    avvisami avvertimi raggiungimi passami rispondimi svegliami prendermi chiamarmi richiamarmi scusami perdonami \
    llámame mándame envíame tráeme espérame recógeme avísame cuídate escríbeme dame déjame ayúdame pásame perdóname \
    escúchame devuélveme buscarme llamarme recogerme buscame llamame mandame avisame avise-me ligue-me \
    انتظرني أعطني كلمني اتصلوا \
    prestami restituiscimi ridammi portaci chiamaci mandaci scrivici aspettaci dicci préstame devuélvemelo \
    llámanos escríbenos espéranos dinos avísanos mándanos";

const PERSONS: &str = "\
    me my mine us our him her you your i i'm i'll i've \
    mich mir mein meine meinen meiner uns unser dich dir dein deine deinen euch ihn \
    mí mi mis te ti tu tus conmigo contigo nosotros nos \
    mim meu minha comigo você moi toi mon ton ta lui leur nous vous \
    miei mio mia tuo tua ci vi gli \
    mij mijn jou jouw je ons hem \
    mnie mną moja mój cię ciebie tobie nam nas ją jej \
    mi mě mně mne tě tebe nám nás jí \
    nekem engem neked téged nekünk minket mă mie îmi ne \
    mig meg mej min mitt dig deg din ditt oss os hende ham \
    minua minulle minut sinua sinulle meitä meille \
    beni bana benim seni sana bizi bize onu ona \
    aku saya kamu kita tôi anh em mình mẹ bố \
    мне меня мной тебя тебе нам нас мой мою его ему ей \
    мені мене тобі нам його їй ми ме те ти му ни \
    meni mene mi nam nas tebi njega \
    με μου σε σου μας σας \
    لي بي إلي إليّ لنا معي لك منی من منو بهم ما \
    לי אליי אלי אותי לנו לך אותך \
    मुझे मुझको मेरे मेरी मेरा मुझसे हमें तुम्हें mujhe mujhko mere meri hume \
    их їх ustedes vuestro ihm ihnen eurem deiner deinem ihren notre votre vos teu nosso seu sua uw onze \
    twój twoja twoje moje můj tvůj tvoje dina mina";

const HOME: &str = "\
    home milk bread eggs door window kids kid children mom mum mummy dad daddy mother father grandma grandpa \
    dinner lunch breakfast dog cat dishes oven stove medicine pills money keys rent honey darling tonight tomorrow \
    groceries laundry trash garbage outside upstairs \
    milch brot eier tür fenster kinder mama papa oma opa hause geld schlüssel miete heute morgen draußen abendessen \
    leche pan casa puerta ventana niños mamá papá abuela dinero llaves mañana medicina medicinas \
    leite pão janela crianças mãe pai dinheiro chaves remédio amanhã \
    lait pain porte fenêtre enfants maman maison argent clés médicament demain \
    latte pane finestra bambini mamma babbo soldi chiavi medicine domani \
    melk brood deur raam kinderen huis geld sleutels morgen \
    mleko mleka chleb chleba drzwi okno dzieci mamy mamę mama tata taty domu pieniądze klucze leki jutro \
    mléko mléka dveře děti mámě mámu mámo tátovi domů peníze klíče zítra mlieko chlieb \
    tejet kenyeret ajtót gyerekeket anyát anyának haza pénzt holnap \
    lapte pâine ușa copiii acasă banii cheile mâine \
    mjölk bröd dörren barnen mamma pappa hem pengar pengarna nycklarna \
    melk brød døra døren barna børnene mor far hjem hjemme pengene nøklene mælk \
    maitoa leipää ovi lapset äidille kotiin rahat avaimet \
    ekmek süt kapıyı çocukları anneni babanı eve para \
    susu uang rumah ibu bapak sữa tiền nhà cửa \
    хлеб хлеба молоко молока дверь окно детей маме мама папе домой деньги ключи завтра \
    хліба молоко двері дітей мамі додому гроші ключі \
    хляб мляко вратата децата вкъщи пари ключове \
    hleb kruh mlijeko vrata decu djecu kući novac ključeve \
    γάλα ψωμί πόρτα παιδιά σπίτι λεφτά κλειδιά \
    البيت الخبز الباب الحليب المال الفلوس أمك الأولاد المفتاح \
    خونه خانه پول نان شیر \
    הביתה חלב לחם כסף מפתח \
    दूध पैसे घर दरवाज़ा दरवाजा चाबी paise ghar doodh \
    doctor dentist homework umbrella lights light room car coffee hospital asleep ill sick arzt licht \
    zimmer auto krank müll hausaufgaben krankenhaus médico luz basura cuarto coche hospital enferma enfermo \
    médecin lumière poubelle poubelles chambre malade medico luce compiti cane ospedale malata malato \
    médico lixo cachorro lição doente dokter licht huiswerk kamer ziek ziekenhuis lekarza światło lekcje \
    pokój szpitalu obiad lékaře světlo oběd nemocnici läkaren lampan middag sjukhus legen lyset lægen \
    sykehus lääkärille valot врачу врача свет уроки комнату больнице заболела заболел ужин обед лікаря \
    світло вечеря doktora doktoru ışığı yemeğe ödevini odanı lekar lekara doktora svetlo bolnici";

/// Verbs that end a sentence in Turkish, Hindi and Persian.
const LAST: [&str; 32] = [
    "mısın",
    "misin",
    "musun",
    "müsün",
    "ver",
    "bekle",
    "yap",
    "gönder",
    "gel",
    "ara",
    "aç",
    "al",
    "getir",
    "kapat",
    "yolla",
    "do",
    "dena",
    "aao",
    "jao",
    "karo",
    "lana",
    "दो",
    "देना",
    "करो",
    "आओ",
    "आना",
    "जाओ",
    "खोलो",
    "लाओ",
    "بفرست",
    "بخر",
    "بگیر",
];

const JOINED: [&str; 20] = [
    "moi", "toi", "nous", "lui", "leur", "les", "mă", "mi", "ne", "l", "te", "o", "me", "nos",
    "lhe", "lo", "la", "le", "vous", "mo",
];

/// The ends of verbs in Spanish with somebody joined to them, which have an accent then.
const JOINED_ENDS: [&str; 12] = [
    "ame", "eme", "enme", "ate", "ete", "anos", "enos", "melo", "mela", "ale", "ele", "oceme",
];

/// What stands between such a verb and what it is about.
const ARTICLES: [&str; 30] = [
    "the", "a", "an", "some", "die", "das", "den", "der", "dem", "ein", "eine", "einen", "el",
    "la", "los", "las", "il", "lo", "gli", "le", "les", "un", "une", "una", "o", "os", "as", "het",
    "een", "it",
];

const ROMANCE_ARTICLES: [&str; 8] = ["la", "el", "los", "las", "il", "les", "gli", "lo"];

/// What stands before an article where a place is meant.
const OF_PLACES: [&str; 26] = [
    "todo", "toda", "todos", "todas", "tout", "toute", "toutes", "tous", "tutto", "tutta", "tutti",
    "tutte", "sur", "dans", "hors", "sous", "vers", "en", "por", "para", "con", "per", "su", "tra",
    "sin", "sobre",
];

const TRADE: [&str; 13] = [
    "mobil", "mobiel", "móvil", "telec", "telek", "telef", "wireless", "cellular", "celular",
    "network", "communic", "phone", "central",
];

/// Greetings whose words may all have a capital.
const CAPITAL_GREETINGS: [&str; 6] = [
    "guten morgen",
    "gute nacht",
    "gute besserung",
    "alles gute",
    "alles liebe",
    "bis morgen",
];

/// How short greetings begin.
const GREETINGS: &[&str] = &[
    "no llegues",
    "no olvides",
    "no te olvides",
    "good morning",
    "good night",
    "good evening",
    "good luck",
    "see you",
    "see ya",
    "on my way",
    "running late",
    "drive safe",
    "drive safely",
    "get well",
    "almost home",
    "almost there",
    "love you",
    "miss you",
    "thinking of you",
    "happy birthday",
    "happy anniversary",
    "sweet dreams",
    "sleep well",
    "talk soon",
    "safe travels",
    "safe flight",
    "bis bald",
    "bis später",
    "bis gleich",
    "bin gleich",
    "bin schon",
    "bin unterwegs",
    "schlaf gut",
    "pass auf",
    "wo bist",
    "wann kommst",
    "buenos días",
    "buenas noches",
    "hasta mañana",
    "hasta luego",
    "nos vemos",
    "ya voy",
    "ya llegué",
    "dónde estás",
    "estoy en",
    "te amo",
    "te quiero",
    "te extraño",
    "feliz cumpleaños",
    "bom dia",
    "boa noite",
    "até amanhã",
    "até logo",
    "estou chegando",
    "estou a caminho",
    "onde você",
    "onde estás",
    "já vou",
    "saudades de",
    "bonne nuit",
    "bonne journée",
    "à demain",
    "à bientôt",
    "à ce soir",
    "à tout à",
    "où es",
    "je t'aime",
    "j'arrive",
    "bon anniversaire",
    "buona notte",
    "buonanotte",
    "a domani",
    "a presto",
    "sto arrivando",
    "dove sei",
    "ti amo",
    "ti voglio",
    "ci vediamo",
    "buon compleanno",
    "tot morgen",
    "tot straks",
    "tot zo",
    "welterusten",
    "waar ben",
    "ik hou",
    "do zobaczenia",
    "dobranoc",
    "gdzie jesteś",
    "jestem w drodze",
    "już jadę",
    "dobrou noc",
    "kde jsi",
    "už jedu",
    "jó éjszakát",
    "hol vagy",
    "unde ești",
    "noapte bună",
    "te iubesc",
    "god natt",
    "god morgon",
    "var är",
    "vi ses",
    "på väg",
    "hvor er",
    "på vei",
    "på vej",
    "missä olet",
    "hyvää yötä",
    "huomenta",
    "iyi geceler",
    "günaydın",
    "neredesin",
    "yoldayım",
    "selamat tidur",
    "di mana",
    "chúc ngủ",
    "em đang",
    "anh đang",
    "спокойной ночи",
    "доброе утро",
    "до завтра",
    "до встречи",
    "скоро буду",
    "где ты",
    "уже еду",
    "на добраніч",
    "до зустрічі",
    "де ти",
    "лека нощ",
    "къде си",
    "до утре",
    "gde si",
    "gdje si",
    "laku noć",
    "volim te",
    "καληνύχτα",
    "πού είσαι",
    "σ'αγαπώ",
    "أين أنت",
    "وين انت",
    "تصبح على",
    "کجایی",
    "שבת שלום",
    "לילה טוב",
    "איפה אתה",
    "please",
    "kindly",
    "bitte",
    "por favor",
    "per favore",
    "s'il te",
    "s'il vous",
    "merci de",
    "proszę",
    "prosím",
    "kérlek",
    "kérem",
    "te rog",
    "vă rog",
    "snälla",
    "lütfen",
    "tolong",
    "пожалуйста",
    "будь ласка",
    "моля",
    "molim",
    "παρακαλώ",
    "لطفا",
    "من فضلك",
    "رجاء",
    "בבקשה",
    "कृपया",
    "vui lòng",
    "alsjeblieft",
    "alstublieft",
    "शुभ रात्रि",
    "कहाँ हो",
    "घर आ",
];
