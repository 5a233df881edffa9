//! What a name is told by, where it looks like a sentence: the legal form of a company, a word for a kind of place.
//!
//! It is asked only of cells that have the signs of a message, so it may take its time.

use std::sync::LazyLock;

use super::parts::Parts;

/// True if a word of the text, all in lower case, is the legal form of a company, or says what kind of company it is.
/// `ab` and `as` are words of some languages too, and a legal form only where a name ends. `anywhere`: the first of
/// them is one before other words as well.
pub(super) fn has_legal_form<'t>(
    text: &str,
    words: impl DoubleEndedIterator<Item = &'t str>,
    anywhere: bool,
) -> bool {
    let mut words = words.rev().enumerate();
    words.any(|(at, word)| {
        is_in(LEGAL_FORMS, word)
            || (at == 0 && is_in(LEGAL_ENDS, word))
            || ((at == 0 || anywhere) && is_in(RARE_ENDS, word))
    }) || has_one_of(POINTED_FORMS, text)
        || (!text.is_ascii() && (has_one_of(VIETNAMESE_FORMS, text) || is_company(text)))
}

/// True if a word for a company begins or ends the text.
fn is_company(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| c.is_numeric() || c == ' ');
    COMPANY_PARTS
        .split(", ")
        .any(|part| text.starts_with(part) || text.ends_with(part))
}

/// True if the text, all in lower case, has a word that is in names of countries and states: `republic`, `islands`.
pub(super) fn has_kind_of_place(text: &str) -> bool {
    PLACES.are_in(text)
}

static PLACES: LazyLock<Parts> = LazyLock::new(|| Parts::of(PLACE_PARTS));

fn is_in(list: &str, word: &str) -> bool {
    list.split(", ").any(|one| one == word)
}

fn has_one_of(list: &str, text: &str) -> bool {
    list.split(", ").any(|part| text.contains(part))
}

const LEGAL_FORMS: &str = "\
    gmbh, ltd, limited, ldt, llc, llp, plc, inc, corp, corporation, oyj, nyrt, zrt, kft, srl, sarl, spa, sro, spol, \
    doo, dooel, ead, eood, ood, sdn, bhd, pty, pte, pvt, ltda, eireli, sapi, tbk, tnhh, mtv, jsc, pjsc, cjsc, ojsc, \
    aps, asa, ehf, hf, oü, sia, uab, ооо, оао, зао, пао, тов, ват, тоо, еоод, ад, ае, επε, şti";

const RARE_ENDS: &str = "ab, ag, bv, nv, kg, oy";

const LEGAL_ENDS: &str = "as, co, kk, sa, sas, se, sl, lp, rt, ip";

/// Those of single letters.
const POINTED_FORMS: &str = "\
    s.a, a.s, a/s, a.ş, s.l., s.r.o, s.r.l, s.p.a, b.v, n.v, d.o.o, d.d., z o.o, e.v., l.l.c, o.o.o, t/a, i/s";

const VIETNAMESE_FORMS: &str = "công ty, hợp danh, cổ phần, đối tác, tập đoàn";

/// In languages that write without spaces or have them within words, and what companies call themselves there.
const COMPANY_PARTS: &str = "\
    公司, 集团, 集團, 科技, 银行, 銀行, 会社, 會社, センター, 商事, 商店, 商会, 商會, 工業, 工业, 企业, \
    企業, 移动, 移動, 电信, 電信, 联通, 聯通, 通信, 텔레콤, 모바일, モバイル, テレコム, 医院, 医療, 病院, 学校, 學校, 大学, 大學, 网络, 網路, 협회, 회사, 은행, 센터, 병원, \
    학교, 전자, 통신, บริษัท, ธนาคาร, โรงพยาบาล, شركة, مؤسسة, \
    بنك, شرکت";

const PLACE_PARTS: &str = "\
    republi, repubbl, repúbl, repùbl, républ, respubl, repubulika, república, repvbl, poblacht, gweriniaeth, \
    errepublika, lýðveldi, köztársaság, tasavalta, vabariik, cộng hoà, cộng hòa, liên bang, quốc gia, республ, \
    рэспубл, δημοκρατία, הרפובליקה, רפובליק, המדינה, הממלכה, הברית, जनवादी, गणराज्य, गणतन्त्र, संघीय, kingdom, \
    königreich, koninkrijk, kongerike, királyság, kīngatanga, edssamband, यूनाइटेड, संयुक्त, democrat, demokrat, \
    демократ, ديمقراط, federa, федера, island, islas, ilhas, îles, isole, inseln, eiland, øer, öar, øyer, øyane, \
    saaret, saared, ostrov, otok, wysp, sziget, adalar, orollari, insul, illes, uharte, ynysoedd, oileáin, inizi, \
    quần đảo, các đảo, đảo, остров, острів, астрав, аралдар, νήσοι, νησιά, جزر, جزایر, האיים, द्वीप, 諸島, 群島, 群岛, \
    kepulauan, kapuluan, visiwa, ocean, océan, океан, okean, oseaan, indiahav, territ, terito, územ, територ, \
    террит, тэрыт, тэрыторы, region, regiun, provin, провин, област, विशेष, राज्य, क्षेत्र, \
    (parte, parte), deel), edsforbund, jumhuri, jamhuri, jumuiya, королівство, államok, האיזור, ජනරජ, యునైటెడ్, stato, \
    stati, lääni, département, departament, novads, prefect, distri";
