//! Numbering plans that moved since 2015: the old form of a number and its new form, so that both are one subject.
//!
//! A plan is here if it is known which new number each old one became, and if no number of today has the old form. The
//! acts themselves were not read: `docs/input-formats.md` names who reported them. Where the new form depends on
//! something that a number does not show, or where today's plan uses the old form for others, nothing is guessed; the
//! same page names those.

use zeroize::Zeroizing;

/// The changes of one country.
struct Plan {
    /// The calling code.
    code: &'static str,
    /// Who decided it, what became of the numbers, and when.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests and readers look at it"))]
    source: &'static str,
    /// Old and new forms: a digit stands for itself, `[123]` for one of these, `X` for any. The digits that `X` and
    /// brackets stand for are those of the `X` of the new form, in their order.
    moves: &'static [(&'static str, &'static str)],
}

const PLANS: [Plan; 7] = [
    Plan {
        code: "52",
        source: "Mexico: IFT, fundamental technical plan for numbering (DOF, 11 May 2018), in force \
            since 3 August 2019. All numbers have ten digits; 1 (from abroad to mobile phones), \
            01, 044 and 045 are gone.",
        moves: &[
            ("521[23456789]XXXXXXXXX", "52XXXXXXXXXX"),
            ("5201[23456789]XXXXXXXXX", "52XXXXXXXXXX"),
            ("52044[23456789]XXXXXXXXX", "52XXXXXXXXXX"),
            ("52045[23456789]XXXXXXXXX", "52XXXXXXXXXX"),
        ],
    },
    Plan {
        code: "55",
        source: "Brazil: Anatel, resolution 553/2010 and act 6305/2012. Mobile numbers got a 9 in \
            front, the last area codes on 6 November 2016. Numbers with a 7 are left out, \
            because trunked radio kept eight digits.",
        moves: &[
            ("55[123456789][123456789]6XXXXXXX", "55XX96XXXXXXX"),
            ("55[123456789][123456789]8XXXXXXX", "55XX98XXXXXXX"),
            ("55[123456789][123456789]9XXXXXXX", "55XX99XXXXXXX"),
        ],
    },
    Plan {
        code: "57",
        source: "Colombia: CRC, resolution 5826 of 2019, since 1 September 2021. 60 stands before the \
            area code of a fixed line. 4 6XX XXXX is left out, because numbers of eight digits \
            that begin with 46 are in use.",
        moves: &[
            ("57[125678][2345678]XXXXXX", "5760XXXXXXXX"),
            ("574[234578]XXXXXX", "57604XXXXXXX"),
        ],
    },
    Plan {
        code: "84",
        source: "Viet Nam: Ministry of Information and Communications. Mobile numbers of eleven \
            digits became ten on 15 September 2018; area codes changed in three steps until 17 \
            June 2017 (decision 2036/QD-BTTTT). Codes are left out of which mobile phones of \
            today have the numbers: 67, and those of two digits with 3, 5, 7 and 8 in front.",
        moves: &[
            ("84120XXXXXXX", "8470XXXXXXX"),
            ("84121XXXXXXX", "8479XXXXXXX"),
            ("84122XXXXXXX", "8477XXXXXXX"),
            ("84126XXXXXXX", "8476XXXXXXX"),
            ("84128XXXXXXX", "8478XXXXXXX"),
            ("84123XXXXXXX", "8483XXXXXXX"),
            ("84124XXXXXXX", "8484XXXXXXX"),
            ("84125XXXXXXX", "8485XXXXXXX"),
            ("84127XXXXXXX", "8481XXXXXXX"),
            ("84129XXXXXXX", "8482XXXXXXX"),
            ("8416[23456789]XXXXXXX", "843XXXXXXXX"),
            ("8418[68]XXXXXXX", "845XXXXXXXX"),
            ("84199XXXXXXX", "8459XXXXXXX"),
            ("844[2345678]XXXXXXX", "8424XXXXXXXX"),
            ("8420XXXXXXX", "84214XXXXXXX"),
            ("8422XXXXXXX", "84212XXXXXXX"),
            ("8425XXXXXXX", "84205XXXXXXX"),
            ("8426XXXXXXX", "84206XXXXXXX"),
            ("8427XXXXXXX", "84207XXXXXXX"),
            ("8429XXXXXXX", "84216XXXXXXX"),
            ("84230XXXXXXX", "84215XXXXXXX"),
            ("84231XXXXXXX", "84213XXXXXXX"),
            ("84280XXXXXXX", "84208XXXXXXX"),
            ("84281XXXXXXX", "84209XXXXXXX"),
            ("84320XXXXXXX", "84220XXXXXXX"),
            ("84321XXXXXXX", "84221XXXXXXX"),
            ("84350XXXXXXX", "84228XXXXXXX"),
            ("84351XXXXXXX", "84226XXXXXXX"),
            ("84500XXXXXXX", "84262XXXXXXX"),
            ("84501XXXXXXX", "84261XXXXXXX"),
            ("84510XXXXXXX", "84235XXXXXXX"),
            ("84511XXXXXXX", "84236XXXXXXX"),
            ("8460XXXXXXX", "84260XXXXXXX"),
            ("8461XXXXXXX", "84251XXXXXXX"),
            ("8462XXXXXXX", "84252XXXXXXX"),
            ("8463XXXXXXX", "84263XXXXXXX"),
            ("8464XXXXXXX", "84254XXXXXXX"),
            ("84650XXXXXXX", "84274XXXXXXX"),
            ("84651XXXXXXX", "84271XXXXXXX"),
            ("8466XXXXXXX", "84276XXXXXXX"),
            ("8468XXXXXXX", "84259XXXXXXX"),
            ("84710XXXXXXX", "84292XXXXXXX"),
            ("84711XXXXXXX", "84293XXXXXXX"),
            ("84780XXXXXXX", "84290XXXXXXX"),
            ("84781XXXXXXX", "84291XXXXXXX"),
        ],
    },
    Plan {
        code: "38649",
        source: "Kosovo: calling code 383, given out by ITU on 15 December 2016. The \
            mobile numbers that had 386 49 kept their digits behind it. 386 43, 377 44 and 377 45 are \
            left out, because Slovenia's and Monaco's plans still have them.",
        moves: &[("38649XXXXXX", "38349XXXXXX")],
    },
    Plan {
        code: "225",
        source: "Côte d'Ivoire: ARTCI, since 31 January 2021. Two digits of the operator stand in \
            front: mobile 01 Moov, 05 MTN, 07 Orange; fixed 27 Orange. Which operator a number \
            had is told by its second digit (libphonenumber, resources/carrier/en/225.txt before \
            the change); 60, 61, 69 and the fixed lines of others are left out.",
        moves: &[
            ("2250[123]XXXXXX", "225010XXXXXXX"),
            ("2254[0123]XXXXXX", "225014XXXXXXX"),
            ("2255[0123]XXXXXX", "225015XXXXXXX"),
            ("2257[0123]XXXXXX", "225017XXXXXXX"),
            ("225[0456789][456]XXXXXX", "22505XXXXXXXX"),
            ("225[04578][789]XXXXXX", "22507XXXXXXXX"),
            ("225[69][78]XXXXXX", "22507XXXXXXXX"),
            ("22520[23]XXXXX", "2252720XXXXXX"),
            ("22521[2357]XXXXX", "2252721XXXXXX"),
            ("22522[45]XXXXX", "2252722XXXXXX"),
            ("22523[45]XXXXX", "2252723XXXXXX"),
            ("22524[345]XXXXX", "2252724XXXXXX"),
            ("22530[6]XXXXX", "2252730XXXXXX"),
            ("22531[69]XXXXX", "2252731XXXXXX"),
            ("2253[234]7XXXXX", "225273X7XXXXX"),
        ],
    },
    Plan {
        code: "229",
        source: "Benin: ARCEP, communicated by ITU (T0202000017), on 30 November 2024. 01 stands \
            before the eight digits; numbers that begin with 8 are left out, because they \
            stayed.",
        moves: &[("229[24569]XXXXXXX", "22901XXXXXXXX")],
    },
];

/// The new form of a number of an old plan, both as E.164 without a plus.
pub(super) fn new_form(digits: &str) -> Option<Zeroizing<String>> {
    let plan = PLANS.iter().find(|plan| digits.starts_with(plan.code))?;
    let mut moves = plan.moves.iter();
    moves.find_map(|(old, new)| Some(fill(new, &kept(old, digits)?)))
}

/// The digits that `X` and brackets of the form stand for, if the number has the form.
fn kept(form: &str, digits: &str) -> Option<Zeroizing<String>> {
    let mut kept = Zeroizing::new(String::with_capacity(digits.len()));
    let mut form = form.chars();
    for digit in digits.chars() {
        let fits = match form.next()? {
            'X' => true,
            '[' => {
                let choices = form.as_str();
                let (choices, rest) = choices.split_once(']')?;
                form = rest.chars();
                choices.contains(digit)
            }
            fixed if fixed == digit => continue,
            _ => false,
        };
        if !fits {
            return None;
        }
        kept.push(digit);
    }
    form.next().is_none().then_some(kept)
}

fn fill(form: &str, kept: &str) -> Zeroizing<String> {
    let mut kept = kept.chars();
    let mut filled = Zeroizing::new(String::with_capacity(form.len()));
    filled.extend(form.chars().filter_map(|c| match c {
        'X' => kept.next(),
        fixed => Some(fixed),
    }));
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::plaintext::canonical::{read_canonical, state_of};
    use crate::vault::plaintext::phone::NumberState;

    #[test]
    fn every_plan_has_its_new_numbers() {
        for (old, new) in [
            ("5215512345670", "525512345670"),
            ("52015512345670", "525512345670"),
            ("520445512345670", "525512345670"),
            ("520455512345670", "525512345670"),
            ("551181234567", "5511981234567"),
            ("555191234567", "5551991234567"),
            ("5712345678", "576012345678"),
            ("5743456789", "576043456789"),
            ("841201234567", "84701234567"),
            ("841621234567", "84321234567"),
            ("841881234567", "84581234567"),
            ("841991234567", "84591234567"),
            ("84431234567", "842431234567"),
            ("845113123456", "842363123456"),
            ("84203812345", "842143812345"),
            ("84613123456", "842513123456"),
            ("38649123456", "38349123456"),
            ("22507123456", "2250707123456"),
            ("22541123456", "2250141123456"),
            ("22584123456", "2250584123456"),
            ("22520212345", "2252720212345"),
            ("22533712345", "2252733712345"),
            ("22997123456", "2290197123456"),
        ] {
            assert_eq!(
                new_form(old).as_deref().map(String::as_str),
                Some(new),
                "{old}"
            );
            assert_eq!(new_form(new), None, "{new}");
        }
    }

    #[test]
    fn what_is_not_determined_is_not_guessed() {
        for digits in [
            "525512345670",
            "5211512345670",
            "551171234567",
            "5508001234567",
            "5746123456",
            "8481234567",
            "84361234567",
            "22560123456",
            "22569123456",
            "22520012345",
            "22980123456",
            "541123456780",
            "24106031234",
            "37744123456",
            "12065550170",
            "",
        ] {
            assert_eq!(new_form(digits), None, "{digits}");
        }
    }

    /// No old form is a valid number of today, and each new form is one.
    #[test]
    fn an_old_form_is_no_number_of_today_and_a_new_one_is() {
        let valid = |digits: &str| {
            let number = read_canonical(&format!("+{digits}"));
            number.is_some_and(|number| state_of(&number) == NumberState::Valid)
        };
        for plan in &PLANS {
            assert!(plan.source.contains("20"), "{}", plan.code);
            for (old, _) in plan.moves {
                let mut found = false;
                for sample in 0..3_000_u64 {
                    let digits = made(old, sample);
                    assert!(!valid(&digits), "{old}: {digits}");
                    found |= new_form(&digits).is_some_and(|new| valid(&new));
                }
                assert!(found, "{old}: no new number is valid");
            }
        }
    }

    /// A number of the form, other for each sample.
    fn made(form: &str, sample: u64) -> String {
        let mut random = sample.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = |choices: &str| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let at = (random >> 33) as usize % choices.len();
            choices[at..=at].to_owned()
        };
        let mut made = String::new();
        let mut rest = form;
        while let Some(c) = rest.chars().next() {
            rest = &rest[1..];
            match c {
                'X' => made += &next("0123456789"),
                '[' => {
                    let (choices, after) = rest.split_once(']').unwrap();
                    made += &next(choices);
                    rest = after;
                }
                fixed => made.push(fixed),
            }
        }
        made
    }
}
