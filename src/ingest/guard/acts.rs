//! Words for what people do with a passcode: enter it, confirm with it, sign in, go on. Beside one of these a number is
//! a passcode, though no word for a code names it.

use std::collections::HashSet;
use std::sync::LazyLock;

/// True for such a word.
pub(super) fn is_act(word: &str) -> bool {
    WORDS.contains(word)
}

static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| ACTS.split_ascii_whitespace().collect());

/// English, German, Spanish, Portuguese, French, Italian, Dutch, Polish, Czech, Slovak, Hungarian, Romanian, Swedish,
/// Danish, Norwegian, Finnish, Turkish, Azerbaijani, Indonesian, Vietnamese, Russian, Ukrainian, Bulgarian, Serbian,
/// Croatian, Slovene, Greek, Arabic, Persian, Hebrew, Hindi, Baltic languages, Albanian, Swahili, Tagalog.
const ACTS: &str = "\
    verify verifying confirm confirming confirmation authorize authorise authorizing authenticate authentication \
    proceed \
    continue login signin logon unlock reset approve validate using use enter typing finish \
    zurücksetzen zurückzusetzen bestätigen bestätige bestätigung anmelden anzumelden anmeldung verifizieren \
    verifizierung \
    fortfahren fortzufahren einloggen einzuloggen eingeben freigeben freigabe entsperren autorisieren einlösen \
    autoriza autorice autorizar confirma confirme confirmar verifica verifique verificar ingresar introduce introduzca \
    introducir continuar acceder restablecer validar valida identificarte desbloquear iniciar \
    autorize autorizar insira inserir digitar acessar aceder redefinir desbloquear prosseguir concluir \
    autorisez autoriser confirmez confirmer validez valider vérifiez vérifier saisir entrez connecter connexion \
    continuer réinitialiser déverrouiller authentifier finaliser \
    autorizza autorizzare conferma confermare verificare inserire accedere accesso continuare reimpostare sbloccare \
    bevestig bevestigen verifieer verifiëren inloggen invoeren invullen doorgaan aanmelden autoriseer ontgrendelen \
    potwierdź potwierdzić potwierdzenia zaloguj zalogować logowania kontynuować odblokować zatwierdź \
    potvrďte potvrdit potvrzení přihlášení přihlásit pokračovat pokračování potvrdenie prihlásenie pokračovať \
    erősítse megerősítés megerősítéséhez bejelentkezés bejelentkezéshez belépés belépéshez folytatáshoz adja \
    confirmați confirmaţi confirmă autentificare autentificarea conectare introdu continua autorizați \
    bekräfta bekräftar logga fortsätta fortsätt verifiera godkänn bekræft bekræfte fortsætte godkend bekreft bekrefte \
    fortsette godkjenn logge bekreftelse \
    vahvista vahvistaaksesi vahvistamiseen kirjautumiseen kirjautuaksesi kirjautuminen jatkaaksesi hyväksy \
    onaylayın onaylamak onay giriş girin girerek doğrulama doğrulayın doğrulamak sıfırlamak təsdiqləyin daxil \
    konfirmasi verifikasi lanjutkan melanjutkan memasukkan mengonfirmasi \
    nhập xác \
    подтвердите подтверждения подтверждение подтвердить входа войти входе авторизации продолжить продолжения укажите \
    подтвердження підтвердіть підтвердження підтвердити введіть продовження продовжити увійти входу авторизації \
    въведете потвърдете потвърждение продължите вход унесите потврдите потврда наставите \
    potvrdite potvrda potvrdu prijavu prijava nastavak nastavite potrdite potrditev prijavo nadaljevanje unesi \
    εισάγετε εισαγάγετε επιβεβαιώστε επιβεβαίωση επιβεβαίωσης συνέχεια συνεχίσετε σύνδεση πληκτρολογήστε \
    أدخل ادخل استخدم استعمل لتأكيد تأكيد التأكيد التحقق للتحقق للمتابعة للاستمرار لتسجيل الدخول للدخول أكد \
    وارد تایید تأیید ورود ادامه \
    הזן הזינו אימות לאימות התחברות להתחברות להמשך הקלד הקלידו \
    दर्ज सत्यापन पुष्टि लॉगिन सत्यापित \
    apstipriniet ievadiet patvirtinkite įveskite patvirtinti sisestage kinnitage kinnitamiseks konfirmoni vendosni \
    thibitisha ingiza kumpirmahin ilagay";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_are_known_in_many_languages() {
        for word in ["verify", "zurücksetzen", "autoriza", "въведете", "للمتابعة"]
        {
            assert!(is_act(word), "{word}");
        }
        assert!(!is_act("mobile"));
    }
}
