//! Words by which a text shows that it is a message, in the languages in which most messages are
//! sent. All are in lower case.
//!
//! No list is complete. A message is recognised by several signs at once, of which these words are
//! only some (`message`).

use std::collections::HashMap;
use std::sync::LazyLock;

use super::parts::Parts;
use super::post::is_postal;

/// What a word says of the text that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// Somebody is spoken to: `your`, `please`, `do not`.
    Spoken,
    /// It joins a sentence: `is`, `will`, `from`.
    Joins,
    /// What messages are about: `parcel`, `appointment`.
    Topic,
    /// A code or password is meant.
    Code,
    /// How something ended: `ready`, `negative`, `successfully`.
    Ends,
    /// A device or a network speaks of itself: `handset`, `unreachable`.
    Report,
}

/// What a word says, if it is in a list.
pub(super) fn says(word: &str) -> Option<Says> {
    let said = WORDS.get(word).copied();
    said.or_else(|| {
        let long = word.chars().count() > 5;
        let yours = long && SPOKEN_ENDS.iter().any(|end| word.ends_with(end));
        let yours = yours
            || (word.chars().count() > 8 && word.ends_with("si") && !is_noun_in_si(word))
            || (long && word.ends_with("تك"));
        yours.then_some(Says::Spoken)
    })
}

/// True for the end of many nouns of Indonesian: `verifikasi`, `konfirmasi`.
fn is_noun_in_si(word: &str) -> bool {
    ["ikasi", "rmasi", "trasi"]
        .iter()
        .any(|end| word.ends_with(end))
}

/// True if a word is in a list, and not only known by its end.
pub(super) fn is_listed(word: &str) -> bool {
    WORDS.contains_key(word)
}

/// True if a word means a code: in German and other languages it may be the end of a longer one.
pub(super) fn means_code(word: &str) -> bool {
    let end = CODE_ENDS.iter().any(|end| word.ends_with(end));
    says(word) == Some(Says::Code) || (end && !is_of_other_code(word))
}

/// True for a word for a password, which may be any word and not only a code.
pub(super) fn means_password(word: &str) -> bool {
    PASSWORDS.split_ascii_whitespace().any(|one| one == word)
        || PASSWORD_PARTS.iter().any(|part| word.contains(part))
}

/// True before `code 1234` if no secret is meant: `short code`, `error code`.
pub(super) fn is_of_other_code(word: &str) -> bool {
    OTHER_CODES.contains(&word) || word.starts_with("post") || is_postal(word)
}

/// True if the text has one of the words of a language that writes without spaces, or joins its
/// endings to words. With `code`, only those that mean a code.
pub(super) fn has_part(text: &str, code: bool) -> bool {
    let parts = if code { &CODE_PARTS } else { &SPOKEN_PARTS };
    parts.are_in(text)
}

static WORDS: LazyLock<HashMap<&'static str, Says>> = LazyLock::new(|| {
    let lists = [
        (Says::Report, REPORT),
        (Says::Ends, ENDS),
        (Says::Topic, TOPIC),
        (Says::Joins, JOINS),
        (Says::Code, CODE),
        (Says::Spoken, SPOKEN),
    ];
    let words = lists.iter().flat_map(|(says, list)| {
        let words = list.split_ascii_whitespace();
        words.map(|word| (word, *says))
    });
    words.collect()
});

/// English, Spanish, Portuguese, French, Italian, German, Dutch, Polish, Czech, Romanian, Hungarian, Swedish, Danish,
/// Norwegian, Finnish, Turkish, Indonesian, Swahili, Tagalog, Vietnamese, Russian, Ukrainian, Bulgarian, Greek, Arabic,
/// Persian, Hebrew, Hindi. Then Estonian, Icelandic, Basque, Catalan, Galician, Irish, Welsh, Maltese, Albanian,
/// Belarusian, Mongolian, Urdu, Pashto, Kurdish, Marathi, Nepali, the languages of the Baltic, the Balkans and Central
/// Asia, and some of Africa.
const SPOKEN: &str = "\
    your yours you you're you've you'll ur please pls plz don't dont click tap reply hi hey hello dear thanks thank \
    sorry \
    congrats congratulations never anyone someone let's we're we've we'll i'm i'll i've it's that's \
    su tu tus sus usted ustedes te nos ingrese ingresa use utilice comparta compartas hola gracias \
    seu sua seus suas você voce digite informe obrigado olá ola bom compartilhe \
    votre vos vous ton ta toi tes ne bonjour merci veuillez saisissez utilisez cliquez partagez \
    tuo tua suo vostro inserisci ciao grazie gentile condividere \
    ihr ihre ihren ihrem dein deine deinen sie bitte niemandem nicht geben danke hallo lieber liebe \
    uw jouw je jij bedankt niet voer beste \
    twój twoj twoja państwa pana nie podaj prosimy dziękujemy cześć \
    váš vas vaše tvůj nesdílejte prosím děkujeme ahoj dobrý \
    dvs dumneavoastră tău introduceți vă mulțumim bună \
    az ön önnek kérjük köszönjük \
    din ditt dina vänligen tack hej aldrig takk tusen vennligst \
    sinun teidän älä kiitos hei \
    lütfen sizin sayın paylaşmayınız paylaşmayın kimseyle merhaba kodunuz şifreniz \
    anda kamu jangan mohon silakan terima kasih halo berikan \
    yako wako zako lako chako usimpe tafadhali asante habari iyong huwag salamat po ang mong \
    của bạn vui lòng quý khách không xin chào \
    ваш ваша ваше ваши вас вам твой тебя тебе никому пожалуйста здравствуйте спасибо привет сообщайте введите \
    ваш вашого нікому будь ласка дякуємо вітаємо привіт повідомляйте вашият вашата моля не никого \
    σας σου παρακαλώ μην ευχαριστούμε γεια \
    موعدك طلبك حسابك رصيدك هاتفك الخاص بك لا تشارك يرجى شكرا مرحبا عزيزي أدخل رجاء هو رمزك \
    شما لطفا نکنید سلام متشکریم \
    שלך שלכם נא אנא תודה שלום \
    आपका आपके आपकी आप कृपया नमस्ते धन्यवाद करें \
    ange zadejte zadajte wpisz wprowadź syötä indtast masukkan gamitin tumia weka sisesta sisestage įveskite \
    ievadiet unesite vnesite írja skriv tast teie tere palun ärge aitäh jagage jūsu tavs tavu lūdzu nevienam paldies \
    sveiki jūsų tavo prašome niekam ačiū þinn þín þitt þínum vinsamlegast sláðu eich rhowch diolch zure zuri mesedez \
    teva vostre vostra introdueix gràcies túa tiegħek jekk jogħġbok juaj juaji tuaj tuaji faleminderit ju lutem vaša \
    tvoja tvoje hvala molimo prosimo nemojte nikome vaši zdravo унесите хвала молимо немојте никоме твоја твоје \
    вашиот твојот внесете ве увядзіце калі дзякуй сіздің сіз сізге өтінеміз енгізіңіз ешкімге рақмет сәлем сиздин \
    киргизиңиз рахмат сизнинг илтимос sizning iltimos kiriting hech rahmat zəhmət kimsəyə шумо лутфан таны танай та \
    баярлалаа آپ آپکا آپکے براہ شکریہ کریں ستاسو مهرباني مننه تکایە سوپاس توهان سىزنىڭ تشارکه تمسک तुमचा तुमची तुमचे \
    आपला तपाईंको तपाईको तपाईं ਤੁਹਾਡਾ ਤੁਹਾਡੇ ਤੁਹਾਡੀ ਕਿਰਪਾ તમારો તમારી તમારું કૃપા תשתף תשתפו תמסור תמסרו תעביר תגלה \
    fadlan mahadsanid nagode yakho wakho sicela ngiyabonga nceda enkosi asseblief anniversaire cumpleaños geburtstag \
    compleanno aniversário verjaardag maman mamá papá انا azafady misaotra tanpri mèsi biko jọwọ yawe \
    deines deinem deiner ihrer ihres euer eure euren eurem dich dir euch gib antworten antworte schick komm ruf \
    vergiss \
    olvides olvide olvidar pague paga pagar contigo responda responde escribe envía envíe llama llame llámame ven \
    vente manda mándame \
    tuyo tuya quieres puedes tienes necesitas aprovecha descarga revisa recoge autoriza introduce introduzca \
    esqueça responda envie ligue clique confira aproveite acesse baixe retire contigo teu tua teus tuas avise vem \
    répondez répondre envoyez appelez appelle-moi profitez découvrez téléchargez consultez oublie oubliez rappelle \
    viens \
    rispondi chiama chiamami scarica dimentica scopri clicca ricordati tuoi tue vostri vostre vieni portami \
    jou jouw jullie antwoord vergeet stuur klik haal breng \
    twoim twojego twojej twojemu twoje twoi ciebie tobie tobą odpowiedz zadzwoń pamiętaj kliknij odbierz wyślij \
    przyjdź \
    vašem vašeho vaší vašich tvého tvém tvoji odpovězte klikněte zavolej nezapomeňte nezapomeň pošlete \
    contul răspunde răspundeți trimite sună apasă accesați dumneavoastra ta tău tale voastră \
    senkinek önnel önt neked téged hívj hívjon válaszoljon kattintson ossza \
    dig dina svara glöm ring klicka skicka svar trykk trykk klik husk glem ditt dere \
    sinulle sinua teille teidät tilauksesi pakettisi koodia soita vastaa klikkaa muista aikasi \
    seni sana sizi size senin günün arayın ara gel unutma unutmayın tıklayın yanıtlayın \
    kutlu olsun iyi geceler kirim balas hubungi jangan ketik selamat \
    chúc mừng nhé bấm soạn gọi trả \
    тебе тобой вами вашем вашему вашей вашего вашу твоя твоё твои твою твоего ответьте позвони позвоните приходи \
    нажмите перезвони перезвоните отправьте люблю скачайте забудь получите \
    тобі тебе вами вашому вашої вашу твоя твоє відповідайте подзвони зателефонуйте натисніть надішліть кохаю \
    вашия вашето вашите обади отговорете натиснете \
    vašeg vašem vašoj tvoj tvoje javi nazovi pošalji odgovorite kliknite \
    σου σας εσένα απαντήστε κάλεσε πάρε πατήστε στείλε \
    أحبك احبك حبيبي حبيبتي اتصل تعال تعالي وين انت إنت كيفك تنسى تنس اضغط أرسل ماما بابا أمي أبي عيدك أنتظرك \
    بزن بیا برو بگو بده کجایی هستم دارم میام آمدم رفتم عزیزم دوستت مامان ممنون کنید بزنید وارد منتظرم خوبی \
    תתקשר תתקשרי אוהב אוהבת אותך לך תבוא תבואי הקישו השיבו אמא אבא \
    हूँ हूं रहा रही रहे मुझे मेरा मेरी मेरे तेरा तेरी तुम्हारा तुम्हारी तुम्हें तुम्हे आपको क्या कहाँ कहां क्यों \
    कैसे करो आओ आना जाओ भेजो \
    बताओ बताना गया गयी गई दिया मत मैंने हमने पापा मम्मी माँ चाहिए जाएगा जाएगी होगा होगी \
    ہوں رہا رہی رہے مجھے میرا میری میرے تم تمہارا تمہاری کہاں کیوں کرو آؤ جاؤ بھیجو نہیں گیا گئی امی ابو کیجیے \
    urodzin narozeninám narozenin narozeniny születésnapot születésnap födelsedagen födelsedag fødselsdag fødselsdagen \
    bursdag bursdagen syntymäpäivää syntymäpäivä рождения народження рођендан rođendan γενέθλια ميلاد ميلادك הולדת \
    जन्मदिन تولدت تولد grattis tillykke gratulerer أنا אני אתה אנחנו أنت मैं \
    hoon raha rahi rahe mujhe tumhara tumhe aapka aapko aapki karo jao aao bhejo batao";

const JOINS: &str = "\
    is are was were am be been being has have had will would can could should must may not now just it this that these \
    those to for from with at by about into until before after if when then than there here we our us i my me he she \
    they \
    them off out up soon today tomorrow tonight yesterday minutes minute mins min hours hour days expires expire valid \
    don't won't can't isn't didn't get got see go going come coming enter call visit download use using share \
    am i'm she'd he'd let lets back still already again more less some any what when where who why how which while \
    yo tú él ella nosotros estoy estás estamos estar voy vamos vas va eres soy tengo tienes tiene dónde cuándo cómo \
    qué aquí \
    eu ele ela nós estou está vou vamos tenho tem onde quando aqui \
    je tu il elle nous suis es sommes êtes vais va ai as où quand ici c'est j'ai \
    io lui lei noi sono sei siamo vado hai ho dove quando qui ci c'è \
    ich du er wir bin bist seid bis gleich da komme kommt habe hast haben werde wo wann hier auch schon noch wie \
    ik hij zij wij ben bent waar wanneer hier al nog ook \
    ja ty on ona my jestem jesteś gdzie kiedy tu aby żeby \
    já jsem jsi kde kdy tady aby \
    eu sunt ești unde când aici să \
    én vagyok vagy hol mikor itt \
    jag är du vi var när här att jeg er vi hvor når her at ut \
    minä olen sinä me missä milloin täällä \
    ben sen biz nerede ne zaman burada çok var yok \
    saya aku kami kita di mana sudah sedang akan \
    mimi wewe sisi iko wapi nina ako kay mo natin nasa \
    tôi chúng ở đâu khi đang sẽ \
    я ты мы он она они буду будем уже скоро где когда здесь дома еще ещё жду ждёт ждет чтобы \
    я ти ми він вона буду вже скоро де коли тут вдома щоб аз ти ние ще къде кога тук \
    εγώ εσύ εμείς είμαι πού πότε εδώ θα να τον την \
    أنا أنت نحن أين متى هنا الآن لقد تم قد \
    من تو ما کجا کی اینجا می شد \
    אני אתה אנחנו איפה מתי כאן עכשיו כבר \
    मैं तुम हम कहाँ कब यहाँ था थी रहा रहे हो गया \
    es está esta son fue ser ha han hay por para con sin hoy mañana ya no se le lo que ayer minutos hora horas \
    válido vence \
    é está são foi tem não nao um uma hoje amanhã já ontem minutos expira válida \
    est sont été a sera pour avec sans pas dans aujourd'hui demain hier minutes expire valable jamais \
    è sono stato per con senza non oggi domani ieri minuti scade valido \
    ist sind war wird wurde hat für mit ohne nicht heute morgen gestern minuten gültig läuft ab lautet ein eine \
    is zijn was werd heeft voor met zonder vandaag morgen gisteren minuten geldig verloopt een het \
    jest są był do na dla przez dziś jutro minut ważny wygasa się \
    je jsou byl pro na dnes zítra minut platí vyprší se \
    este sunt pentru cu astăzi mâine minute expiră valabil \
    egy van hogy nem ma holnap percig érvényes \
    är har för med inte idag imorgon minuter giltig er til ikke minutter på det \
    on ovat ei tänään huomenna minuuttia voimassa \
    için ile değil bugün yarın dakika geçerlidir geçerli olarak \
    adalah untuk dengan tidak hari ini besok menit berlaku telah dan yang \
    ni kwa hii leo kesho dakika ay para sa ngayon bukas \
    là cho với không hôm nay phút hiệu lực có đã \
    это есть был была будет для на с по не сегодня завтра минут действует действителен в \
    це є був буде для на з не сьогодні завтра хвилин дійсний е са за \
    είναι για με δεν σήμερα αύριο λεπτά ισχύει το \
    هو هي في من على إلى مع هذا اليوم غدا دقائق صالح \
    است برای با این امروز فردا دقیقه \
    הוא של עם לא היום מחר דקות תקף \
    है हैं का के की को में से यह आज कल मिनट \
    deel om hem nu kom \
    used kannst willst musst hast bist bringst zeit heute abend gerade schon lass mal doch denn bleibst \
    annem babam eve geldim gidiyorum kotona jestem doma thuis bijna hemma hjemme otthon acasă вкъщи вдома σπίτι rumah \
    press refer earn friend leaving arrive arrived stuck spent buy accept bring went txt text send sent find check \
    pay save keep take make want need know think call \
    tell told did does done going gonna wanna isnt dont cant wont im ill ive youre really very so too much well \
    mon mes ton tes son ses notre nos cette ce qui que est mi mis nuestro nuestra esta este muy más mas stata stato \
    stati estás está \
    meu minha meus minhas nosso nossa muito mais isso pra logo mio mia miei mie nostro sta stai molto questo questa \
    mein meine meinen meinem meiner unser unsere im zum zur vom beim sehr geht kommt war beträgt noch mehr wurde dass \
    mijn onze heel erg deze dit gaat komt mój moja moje nasz nasza bardzo jutro dziś teraz już przyjdzie \
    můj moje náš naše velmi dnes teď už meu mea noastră foarte acum azi mâine ajunge \
    min mitt mina vår vårt mycket idag nu snart kommer min mitt mine vår veldig dag snart meget \
    minun meidän tänään nyt pian tulee benim bizim bugün şimdi daha \
    saya kami besok nanti udah lagi gak tidak bisa mau ke của tôi anh em mình nhà về rồi mai nay \
    мой моя моё мои наш наша наше сейчас завтра сегодня очень ещё приедет придёт пришёл пришла мне мной меня тебя \
    до от уже нам нас мій моя моє наш зараз завтра сьогодні дуже мені мене приїде від вже \
    мой моята моето нашия сега утре днес много мен moj moja moje naš danas sutra sada vrlo meni dolazi \
    μου μας τώρα πολύ σήμερα έρχεται έρχομαι είσαι \
    hai hain nahi nahin kya kahan kaise mera meri mere tera teri tum aap gaya gayi yaar abhi ghar main aa kal \
    فقط قبل بعد كل عندي راح جاي وصلت وصل لسه انا اليوم بكرة من به تا هم را الان فردا کرد شده است \
    אני בבית בדרך כבר היום מחר עכשיו ہے ہیں میں کو کا کی سے آ کل آج ابھی گھر पर भी अभी घर ने";

const TOPIC: &str = "\
    monday tuesday wednesday thursday friday saturday sunday lunes martes miércoles jueves viernes sábado domingo \
    segunda-feira sexta-feira lundi mardi mercredi jeudi vendredi samedi dimanche lunedì venerdì sabato domenica \
    montag dienstag mittwoch donnerstag freitag samstag sonntag maandag vrijdag zaterdag zondag news \
    package parcel order shipment tracking appointment reminder meeting \
    payment payments balance due refund charge charged transaction transfer withdrawal deposit bill invoice account \
    sale deal offer discount win won free prize gift coupon save subscribe unsubscribe stop pickup flight gate \
    booking reservation table ride driver birthday love miss happy home late dinner \
    lunch lol ok okay yes alert suspicious login signin sign-in logged password reset verify unusual update \
    paquete pedido entrega cita pago saldo reserva vuelo oferta descuento cuenta recordatorio \
    encomenda pacote consulta pagamento promoção conta pedido \
    colis commande livraison rendez-vous paiement solde facture compte rdv \
    pacco ordine consegna appuntamento pagamento conto \
    paket lieferung bestellung termin zahlung konto rechnung sendung \
    pakket bestelling afspraak betaling rekening \
    paczka zamówienie wizyta płatność \
    paketi sipariş randevu ödeme hesap kargo \
    paket pesanan pembayaran saldo \
    đơn hàng giao \
    заказ посылка доставка оплата счет запись \
    card email salary loan missed device subscription test tests result results prescription rx lab biopsy scan \
    recarga recharge topup kontostand rea desconto descuento \
    doctor dentist medicine txn debit credit upi rendez \
    dad mom mum mommy daddy grandma grandpa surgery hospital baby kids honey money keys promo pizza pizzas kid \
    feliz felices joyeux joyeuse buon buona bonne bonsoir nuit noite noches noapte notte nacht natt \
    amor amore amour coeur cœur schatz liebling liebste kochanie skarbie miláčku älskling skat kulta aşkım canım \
    sayang \
    mamma babbo papa mama mutti vati krankenhaus hôpital ospedale hospital szpital nemocnice больница больнице \
    llaves chiavi clés schlüssel sleutels \
    guthaben saldo solde crédit credito crédito residuo restants restant beltegoed tegoed saldoul sold stan środków \
    zůstatek kredit egyenleg bakiye bakiyeniz saldoen pulsa баланс остаток счёт счете счету средств залишок рахунок \
    υπόλοιπο رصيد الرصيد موجودی יתרה बैलेंस số dư \
    korting rabatt rabat remise soldes réduction sconto saldi promoción promocja akciós akció sleva zľava reducere \
    alennus \
    ale indirim diskon khuyến mãi giảm скидка скидки знижка отстъпка popust έκπτωση εκπτώσεις خصم عرض تخفیف הנחה छूट \
    poniedziałek wtorek środa środę czwartek piątek sobota sobotę niedziela niedzielę pondělí úterý středu čtvrtek \
    pátek \
    sobotu neděli luni marți miercuri joi vineri sâmbătă duminică hétfő kedd szerda csütörtök péntek szombat vasárnap \
    hétfőn kedden szerdán csütörtökön pénteken måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag \
    søndag maanantaina tiistaina keskiviikkona torstaina perjantaina lauantaina sunnuntaina maanantai perjantai \
    pazartesi salı çarşamba perşembe cuma cumartesi pazar senin selasa rabu kamis jumat sabtu minggu \
    понедельник вторник среду четверг пятницу субботу воскресенье понеділок вівторок середу пятницю суботу неділю \
    понеделник сряда четвъртък петък събота ponedjeljak ponedeljak utorak srijeda petak subota nedjelja \
    δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد \
    wizyta wizytę termín időpont întâlnire programare tid aika aikaa randevunuz визит приём прием курьер курьера візит \
    anmeldung logowanie přihlášení bejelentkezés inlogning pålogging kirjautuminen вход вхід prijava σύνδεση \
    konto koncie contas cuenta contului účet účtu fiók fiókja hesabınız hesabınıza аккаунт аккаунте акаунт обліковий \
    pakke pakken pakiet paczkę coletul colet csomag csomagja balík balíček посылку покупку παραγγελία δέμα بسته سفارش";

const CODE: &str = "\
    code codes passcode passcodes otp pin password passphrase token tan mtan 2fa auth \
    código codigo clave contraseña codice senha passe mot kennwort passwort wachtwoord pincode kod kodu kodunuz şifre \
    şifreniz kode kód heslo hasło cod parola parolă jelszó lösenord koodi lozinka sandi nambari msimbo mã \
    codul codului coduri kodu kodas kodja kódja kodom kodot kódot kódem kodem codigos códigos codici \
    код кода коды пароль пін пин κωδικός κωδικόσ κωδικο κωδικό κωδικού رمز الرمز كود رمزك کد קוד सिसमा कोड ओटीपी \
    kódod kódom kódját kood kinnituskood parool salasõna kods kodam parole kodą kodo slaptažodis kóði kóðinn kóða \
    lykilorð kodea kodeak pasahitza codi contrasenya contrasinal kodiċi kodin fjalëkalimi koda geslo šifra lozinku \
    kody kodyňyz kodingiz kodini paroli paroly parolu şifrə cód chód gcód god còd cyfrinair wagwoord kòd kodhi khodi \
    ikhodi ikhowudi kodigo kaody koodhka koodhkaaga koodhkaagu koodka koodkaaga kaddkodka lamba lambar lambarka \
    waehere koodu kóòdù passord passordet adgangskode engangskode salasana lambobin furaha furahaaga koodii koodiin \
    khoutu koade kotan còdi códigu kódigo codeword otac pwd passwd кодот лозинка лозинката шифра кодыңыз кодын \
    кодыңызды құпиясөз коду кодуңуз сырсөз коди кодингиз рамз рамзи کوڈ کوډ ڪوڊ کۆد رمزي گذرواژه پاسورڈ کوڈز پاسوورد \
    पासवर्ड ਕੋਡ ਓਟੀਪੀ ઓટીપી કોડ ಒಟಿಪಿ ഒടിപി කේතය කේත මුරපදය කේතයයි";

const ENDS: &str = "\
    ready delayed cancelled canceled confirmed shipped arrives arriving arrived delivered successfully successful \
    negative positive approved declined changed updated completed complete expired postponed rescheduled debited \
    credited activated deactivated filed signed verified held available scheduled dispatched processed overdue";

const PASSWORDS: &str = "\
    khẩu clave mdp pass ورڈ pw passcode passphrase passwd pwd contraseña contrasena senha passe hasło haslo heslo \
    hesla parola parolă parolanız jelszó jelszava adgangskode adgangskoden passord salasana salasanasi şifre \
    şifreniz sifre sandi katalaluan пароль пароля парола паролата лозинка лозинката lozinka geslo parole slaptažodis \
    parool salasõna lykilorð fjalëkalimi pasahitza contrasenya contrasinal wagwoord nywila paroli şifrə құпиясөз \
    сырсөз κωδικός κωδικόσ συνθηματικό סיסמה סיסמא הסיסמה السر المرور پاسورڈ رمزعبور گذرواژه पासवर्ड পাসওয়ার্ড \
    பாஸ்வேர்ட் పాస్వర్డ్ პაროლი գաղտնաբառ";

const PASSWORD_PARTS: [&str; 12] = [
    "password",
    "passwort",
    "kennwort",
    "wachtwoord",
    "lösenord",
    "密码",
    "密碼",
    "口令",
    "パスワード",
    "비밀번호",
    "암호",
    "รหัสผ่าน",
];

const REPORT: &str = "\
    message messages phone carrier carriers destination handset handsets number subscriber unreachable unknown error \
    errors invalid failed failure rejected undelivered undeliverable accepted queued queue timeout timed network \
    absent \
    operator operators spam route routing submit submitted receipt sms mms permission region filtered filter recipient \
    blocked blacklisted blocklisted unsubscribed quota exceeded throttled throttling expired landline violation status \
    delivery connection refused server gateway service unavailable provider provisioned internal limit rate roaming \
    barred reachable busy answer illegal ported disconnected retry retries received unrouteable supported \
    unsupported allowed dlr \
    dnd disturb registry msisdn imsi hlr tps firewall \
    detached memory sender header headers registered unregistered campaign content policy geo disabled unallocated \
    incompatible congestion temporarily permanently permanent temporary request response http smpp ss7 smsc";

/// The ends of words for what is yours in Turkish, Kazakh, Kyrgyz, Uzbek and Turkmen, and of what a Turk does. In
/// Finnish the first is `si`, in Arabic `تك`.
const SPOKEN_ENDS: [&str; 13] = [
    "yorum", "yorsun", "niz", "nız", "nuz", "nüz", "ңыз", "ңіз", "ңиз", "ңуз", "ngiz", "нгиз",
    "ňyz",
];

/// The ends of words for a code.
const CODE_ENDS: [&str; 32] = [
    "kodunuzdur",
    "kodunuzu",
    "kodudur",
    "koodia",
    "kódot",
    "code",
    "codes",
    "kod",
    "kode",
    "koden",
    "koder",
    "kodun",
    "kodunu",
    "kodunuz",
    "koodi",
    "koodin",
    "koodisi",
    "passwort",
    "wachtwoord",
    "lösenord",
    "kood",
    "kóði",
    "kóðinn",
    "kodas",
    "kods",
    "kodea",
    "kodi",
    "passord",
    "adgangskode",
    "jelszó",
    "кода",
    "код",
];

/// Words before or joined with `code` that mean no secret.
const OTHER_CODES: [&str; 32] = [
    "short",
    "shortcode",
    "shortcodes",
    "area",
    "areacode",
    "error",
    "status",
    "country",
    "zip",
    "zipcode",
    "postal",
    "post",
    "postcode",
    "dial",
    "dialling",
    "dialing",
    "reason",
    "response",
    "http",
    "result",
    "network",
    "region",
    "exit",
    "return",
    "cause",
    "smpp",
    "err",
    "state",
    "barcode",
    "failed",
    "failure",
    "rejected",
];

/// Words that stand in the names of companies as well.
const IN_NAMES: [&str; 60] = [
    "di", "van", "not", "no", "call", "visit", "use", "using", "share", "download", "enter", "now",
    "just", "get", "out", "up", "for", "to", "with", "from", "at", "by", "in", "on", "about",
    "into", "para", "por", "con", "com", "pour", "avec", "dans", "per", "für", "mit", "voor",
    "met", "dla", "pro", "na", "do", "pentru", "för", "med", "til", "på", "untuk", "dengan", "для",
    "на", "с", "по", "за", "για", "με", "da", "it", "go", "al",
];

/// True for a word that joins a sentence and may not be in a name. `named`: a single letter may be.
pub(super) fn is_of_a_sentence(word: &str, named: bool) -> bool {
    let letter = named && word.chars().count() == 1;
    !letter && says(word) == Some(Says::Joins) && !IN_NAMES.contains(&word)
}

/// True for a text in Japanese that a verb ends, with a particle behind a word in other letters: `ママが入院した`.
pub(super) fn ends_in_japanese(text: &str) -> bool {
    let text = text.trim_end_matches(['。', '！', '!', 'ー', '〜']);
    let kana = |c: char| matches!(c, 'ぁ'..='ゖ');
    if !text.ends_with(kana) {
        return false;
    }
    let word = |c: char| matches!(c, '\u{30a1}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}');
    let mut letters = text.chars();
    let mut before = letters.next().unwrap_or_default();
    let particle = letters.any(|c| {
        let is = word(before) && matches!(c, 'が' | 'を' | 'は' | 'に' | 'で' | 'も' | 'と');
        before = c;
        is
    });
    let ends = JAPANESE_ENDS.iter().any(|end| text.ends_with(end));
    particle && ends && text.chars().filter(|c| kana(*c)).count() >= 3
}

const JAPANESE_ENDS: [&str; 22] = [
    "した",
    "った",
    "てる",
    "いる",
    "んだ",
    "ない",
    "たい",
    "るね",
    "るよ",
    "だよ",
    "だね",
    "よね",
    "して",
    "きて",
    "する",
    "った？",
    "なる",
    "うね",
    "おう",
    "くる",
    "です",
    "ます",
];

/// True for a word in Korean at the end of a sentence. The stem of a verb before `다` ends in a consonant there, as it
/// seldom does in a name.
pub(super) fn ends_in_korean(word: &str) -> bool {
    let mut letters = word.chars().rev();
    let (last, before) = (letters.next(), letters.next());
    let closed = |c: char| (u32::from(c) - u32::from('가')) % FINALS != 0;
    word.chars().all(is_hangul)
        && match (before, last) {
            (Some(_), Some('요' | '까' | '죠')) => true,
            // The past, and what there is: `했어`, `있어`, `없음`.
            (Some(before), Some('어' | '음')) => ends_in_double(before) || speaks_korean(word),
            (Some(before), Some('다')) => closed(before) || matches!(before, '니' | '이'),
            _ => speaks_korean(word),
        }
}

/// True for a syllable of Hangul that ends in `ㅆ` or `ㅄ`, as few names have them.
fn ends_in_double(c: char) -> bool {
    is_hangul(c) && matches!((u32::from(c) - u32::from('가')) % FINALS, 18 | 20)
}

/// True for a word in Korean that speaks to somebody, wherever it stands.
pub(super) fn speaks_korean(word: &str) -> bool {
    KOREAN_ENDS
        .iter()
        .any(|end| word.ends_with(end) && word != *end)
        || KOREAN_WORDS.contains(&word)
}

fn is_hangul(c: char) -> bool {
    matches!(c, '가'..='힣')
}

/// So many ways there are for a syllable of Hangul to end, and the first is without a consonant.
const FINALS: u32 = 28;

const KOREAN_ENDS: [&str; 31] = [
    "줘",
    "줘요",
    "주세요",
    "부탁해",
    "전화해",
    "사와",
    "습니다",
    "합니다",
    "입니다",
    "됩니다",
    "십시오",
    "세요",
    "어요",
    "아요",
    "에요",
    "예요",
    "해요",
    "했어",
    "할게",
    "축하해",
    "할래",
    "거야",
    "잖아",
    "해줘",
    "인데",
    "는데",
    "가자",
    "하자",
    "나자",
    "먹자",
    "보자",
];

const KOREAN_WORDS: [&str; 16] = [
    "지금",
    "빨리",
    "제발",
    "언제",
    "축하해",
    "사랑해",
    "미안해",
    "고마워",
    "어디야",
    "뭐해",
    "도착해",
    "당신의",
    "귀하의",
    "고객님의",
    "고객님",
    "안내드립니다",
];

/// Chinese, Japanese, Korean, Thai, Khmer, Burmese, Hindi, Bengali, Tamil, Telugu, Georgian, Armenian, Amharic.
static SPOKEN_PARTS: LazyLock<Parts> = LazyLock::new(|| Parts::of(SPOKEN_PARTS_LIST));

const SPOKEN_PARTS_LIST: &str = "\
    您, 你, 请, 請, 勿, 我们, 我們, 已, 了, 吧, 吗, 嗎, 尊敬, 亲, 您好, 点击, 點擊, ください, です, ます, ました, でし, お客様, ため, から, まで, しない, \
    ござい, 습니다, 주세요, 고객님, [web발신], ของคุณ, กรุณา, โปรด, ห้าม, ครับ, ค่ะ, แล้ว, របស់អ្នក, သင့်, ကျေးဇူး, আপনার, \
    দয়া, করবেন, உங்கள், தயவு, మీ , దయచేసి, თქვენი, გთხოვთ, ձեր, խնդրում, የእርስዎ, ของท่าน, คุณได้, คุณมี, ถึงคุณ, \
    คุณจะ, คุณอยู่, อยู่ไหน, อยู่ที่ไหน, สวัสดี, ຂອງທ່ານ, ກະລຸນາ, ທ່ານ, សូមកុំ, សូមចុច, សូមបញ្ចូល, សូមប្រើ, \
    សូមទាក់ទង, សូមអរគុណ, សូមមក, សូមផ្ទៀង, អ្នក, ကျေးဇူးပြု, သင်၏, ನಿಮ್ಮ, ದಯವಿಟ್ಟು, നിങ്ങളുടെ, ദയവായി, ඔබේ, ඔබගේ, \
    ඔබට, කරුණාකර, እባክዎ, ናትኩም, ଆପଣଙ୍କ, তোমার, শেয়ার, 在哪, 谢谢, 謝謝, 我快, 我到, 生日快乐, 生日快樂, どこにい, おめでとう, ありがとう, \
    を, てる, ている, ません, でしょう, けど, ないで, おやすみ, おはよう, 愛して, 会いたい, 今どこ, した。, だよ, だね, かな？, 一緒に, 待って, してね, ちょうだい, に来て, てきて, \
    電話して, \
    %オフ, ％オフ, %off, ％off, %引, ％引, %ポイント, \
    我在, 我要, 我想, 我会, 我會, 我去, 我来, 我來, 我爱, 我愛, 爱你, 愛你, 想你, 快来, 快來, 回家, 到家, 明天见, 明天見, 晚安, 早安, 今天, 今晚, 明早, \
    一起, 吃饭, 吃飯, 到家了, 住院了, 住院, 别忘, 別忘, 记得, 記得, 在家, 怎么, 怎麼, 为什么, 為什麼, 什么时候, 等我, 打电话, 打電話, 给我, 給我, 叫我, 回来, 回來, 开门, \
    開門, 早点, 早點, 回电, 回電, 买菜, 買菜, 不要, 妈妈, 媽媽, 爸爸, \
    输入, 輸入, 余额为, 餘額, 折起, 下单, %折, 退订, 退訂, \
    ฉัน, หน่อย, พรุ่งนี้, วันนี้, หรือยัง, หรือเปล่า, กำลังไป, กำลังมา, กำลังจะ, กำลังเดิน, กำลังรอ, กำลังกลับ, \
    เจอกัน, สุขสันต์, คิดถึง, \
    รักนะ, รักเธอ, รักคุณ, ไม่ได้, ไม่มี, ไม่ต้อง, ไม่ไป, ไม่มา, อย่า, ถึงบ้าน, ถึงแล้ว, อยู่บ้าน, เพื่อดำเนิน, \
    เพื่อยืนยัน, เพื่อเข้า, กรอก, โทรหา, โทรกลับ, ส่งเงิน, ซื้อนม, ช่วย, \
    ขอโทษ, นะคะ, นะครับ, มั้ย, ทำอะไร, ที่ไหน, เมื่อไหร่, ฝันดี, ราตรีสวัสดิ์, กลับบ้าน, เข้าโรงพยาบาล, โอนเงิน, \
    ยอดเงิน, ยอดคงเหลือ, กินข้าว, \
    ส่วนลด, ลดราคา, รอก่อน, ຂ້ອຍ, ເຈົ້າ, ສຸກສັນ, ខ្ញុំ, កំពុង, រីករាយថ្ងៃ, ကျွန်, နေပြီ, သွားမယ်, আমি, তুমি, কোথায়, \
    শুভ জন্মদিন, நான், எங்கே, \
    నేను, ఎక్కడ, ನಾನು, ഞാൻ, હું , ਮੈਂ , මම , მე ვ, ես ";

static CODE_PARTS: LazyLock<Parts> = LazyLock::new(|| Parts::of(CODE_PARTS_LIST));

const CODE_PARTS_LIST: &str = "\
    קוד, סיסמ, رمز, كود, 验证码, 驗證碼, 校验码, 动态码, 动态密码, 密码, 密碼, 認証, 認證碼, コード, 暗証, パスワード, 인증번호, 인증, 비밀번호, 코드, รหัส, \
    លេខកូដ, កូដ, ကုဒ်, কোড, ওটিপি, குறியீடு, కోడ్, ಕೋಡ್, കോഡ്, કોડ, კოდი, կոդ, ኮድ, ລະຫັດ, කේතය, පාස්, კოდ, \
    პაროლ, գաղտնաբառ, കോഡ, ಕೋಡ, ਕੋਡ, कोड, کوڈ, کۆد, کد , కోడ, ଓଟିପି, କୋଡ, 动态口令, 登录码, 登入碼, 代码是, او ٹی پی, \
    او تي بي, ओटीपी, ਓਟੀਪੀ, ઓટીપી, ஓடிபி, ఓటీపీ, ಒಟಿಪಿ, ഒടിപി, ඕටීපී, ڪوڊ, קאָד, ކޯޑު, کوډ, ক'ড, \
    本人確認, 本人认证, 本人認證, 验证, 驗證, 確認に, 본인확인, 본인인증, 인증번호, 확인번호, 入力して, を入力, 登录, 登入, 输入, 輸入, 口令, กรอก, ยืนยัน, เพื่อเข้าสู่, \
    كلمة المرور, كلمه المرور, كلمة السر, كلمة سر, كلمة مرور, المرور المؤقت, رقم التحقق, رقم التأكيد, گذرواژه, \
    رمزعبور, סיסמת, \
    പാസ്‌വേഡ്, কোডটি, পাসওয়ার্ড, கடவுச்சொல், పాస్‌వర్డ్, ಪಾಸ್‌ವರ್ಡ್";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_their_lists() {
        assert_eq!(says("your"), Some(Says::Spoken));
        assert_eq!(says("verizon"), None);
        for code in ["code", "sicherheitscode", "kodunuz", "código"] {
            assert!(means_code(code), "{code}");
        }
        assert!(!means_code("shortcode") && !means_code("acme"));
        assert!(has_part("您的包裹", false) && has_part("รหัส 12", true));
    }
}
