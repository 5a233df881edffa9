//! The states of the United States and the provinces of Canada, with their area codes.
//!
//! Area codes: NANPA's and CNA's public assignments, as the metadata of
//! libphonenumber 9.0.43 has them. Two provinces or three territories that
//! share codes share their range of numbers too.
//! People, in thousands: 2020 Census of the United States (resident population,
//! 50 states and D.C.) and 2021 Census of Canada, rounded.

use super::country::State;
use super::zone::Zone;

pub(super) static UNITED_STATES: [State; 51] = [
    State {
        code: "CA",
        people: 39538,
        zone: Zone::Pacific,
        area_codes: &[
            209, 213, 279, 310, 323, 341, 350, 369, 408, 415, 424, 442, 510, 530, 559, 562, 619,
            626, 628, 650, 657, 661, 669, 707, 714, 738, 747, 760, 805, 818, 820, 831, 840, 858,
            909, 916, 925, 949, 951,
        ],
    },
    State {
        code: "TX",
        people: 29146,
        zone: Zone::Central,
        area_codes: &[
            210, 214, 254, 281, 325, 346, 361, 409, 430, 432, 469, 512, 682, 713, 726, 737, 806,
            817, 830, 832, 903, 915, 936, 940, 945, 956, 972, 979,
        ],
    },
    State {
        code: "FL",
        people: 21538,
        zone: Zone::Eastern,
        area_codes: &[
            239, 305, 321, 324, 352, 386, 407, 448, 561, 645, 656, 689, 727, 728, 754, 772, 786,
            813, 850, 863, 904, 941, 954,
        ],
    },
    State {
        code: "NY",
        people: 20201,
        zone: Zone::Eastern,
        area_codes: &[
            212, 315, 329, 332, 347, 363, 516, 518, 585, 607, 631, 646, 680, 716, 718, 838, 845,
            914, 917, 929, 934,
        ],
    },
    State {
        code: "PA",
        people: 13003,
        zone: Zone::Eastern,
        area_codes: &[
            215, 223, 267, 272, 412, 445, 484, 570, 582, 610, 717, 724, 814, 835, 878,
        ],
    },
    State {
        code: "IL",
        people: 12813,
        zone: Zone::Central,
        area_codes: &[
            217, 224, 309, 312, 331, 447, 464, 618, 630, 708, 730, 773, 779, 815, 847, 872,
        ],
    },
    State {
        code: "OH",
        people: 11799,
        zone: Zone::Eastern,
        area_codes: &[
            216, 220, 234, 283, 326, 330, 380, 419, 440, 513, 567, 614, 740, 937,
        ],
    },
    State {
        code: "GA",
        people: 10712,
        zone: Zone::Eastern,
        area_codes: &[229, 404, 470, 478, 678, 706, 762, 770, 912, 943],
    },
    State {
        code: "NC",
        people: 10439,
        zone: Zone::Eastern,
        area_codes: &[252, 336, 472, 704, 743, 828, 910, 919, 980, 984],
    },
    State {
        code: "MI",
        people: 10077,
        zone: Zone::Eastern,
        area_codes: &[231, 248, 269, 313, 517, 586, 616, 734, 810, 906, 947, 989],
    },
    State {
        code: "NJ",
        people: 9289,
        zone: Zone::Eastern,
        area_codes: &[201, 551, 609, 640, 732, 848, 856, 862, 908, 973],
    },
    State {
        code: "VA",
        people: 8631,
        zone: Zone::Eastern,
        area_codes: &[276, 434, 540, 571, 686, 703, 757, 804, 826, 948],
    },
    State {
        code: "WA",
        people: 7705,
        zone: Zone::Pacific,
        area_codes: &[206, 253, 360, 425, 509, 564],
    },
    State {
        code: "AZ",
        people: 7152,
        zone: Zone::Arizona,
        area_codes: &[480, 520, 602, 623, 928],
    },
    State {
        code: "MA",
        people: 7030,
        zone: Zone::Eastern,
        area_codes: &[339, 351, 413, 508, 617, 774, 781, 857, 978],
    },
    State {
        code: "TN",
        people: 6911,
        zone: Zone::Central,
        area_codes: &[423, 615, 629, 731, 865, 901, 931],
    },
    State {
        code: "IN",
        people: 6786,
        zone: Zone::Eastern,
        area_codes: &[219, 260, 317, 463, 574, 765, 812, 930],
    },
    State {
        code: "MD",
        people: 6177,
        zone: Zone::Eastern,
        area_codes: &[227, 240, 301, 410, 443, 667],
    },
    State {
        code: "MO",
        people: 6155,
        zone: Zone::Central,
        area_codes: &[235, 314, 417, 557, 573, 636, 660, 816, 975],
    },
    State {
        code: "WI",
        people: 5894,
        zone: Zone::Central,
        area_codes: &[262, 274, 353, 414, 534, 608, 715, 920],
    },
    State {
        code: "CO",
        people: 5774,
        zone: Zone::Mountain,
        area_codes: &[303, 719, 720, 748, 970, 983],
    },
    State {
        code: "MN",
        people: 5706,
        zone: Zone::Central,
        area_codes: &[218, 320, 507, 612, 651, 763, 952],
    },
    State {
        code: "SC",
        people: 5118,
        zone: Zone::Eastern,
        area_codes: &[803, 821, 839, 843, 854, 864],
    },
    State {
        code: "AL",
        people: 5024,
        zone: Zone::Central,
        area_codes: &[205, 251, 256, 334, 659, 938],
    },
    State {
        code: "LA",
        people: 4658,
        zone: Zone::Central,
        area_codes: &[225, 318, 337, 504, 985],
    },
    State {
        code: "KY",
        people: 4506,
        zone: Zone::Eastern,
        area_codes: &[270, 364, 502, 606, 859],
    },
    State {
        code: "OR",
        people: 4237,
        zone: Zone::Pacific,
        area_codes: &[458, 503, 541, 971],
    },
    State {
        code: "OK",
        people: 3959,
        zone: Zone::Central,
        area_codes: &[405, 539, 572, 580, 918],
    },
    State {
        code: "CT",
        people: 3606,
        zone: Zone::Eastern,
        area_codes: &[203, 475, 860, 959],
    },
    State {
        code: "UT",
        people: 3272,
        zone: Zone::Mountain,
        area_codes: &[385, 435, 801],
    },
    State {
        code: "IA",
        people: 3190,
        zone: Zone::Central,
        area_codes: &[319, 515, 563, 641, 712],
    },
    State {
        code: "NV",
        people: 3105,
        zone: Zone::Pacific,
        area_codes: &[702, 725, 775],
    },
    State {
        code: "AR",
        people: 3012,
        zone: Zone::Central,
        area_codes: &[327, 479, 501, 870],
    },
    State {
        code: "MS",
        people: 2961,
        zone: Zone::Central,
        area_codes: &[228, 601, 662, 769],
    },
    State {
        code: "KS",
        people: 2938,
        zone: Zone::Central,
        area_codes: &[316, 620, 785, 913],
    },
    State {
        code: "NM",
        people: 2118,
        zone: Zone::Mountain,
        area_codes: &[505, 575],
    },
    State {
        code: "NE",
        people: 1962,
        zone: Zone::Central,
        area_codes: &[308, 402, 531],
    },
    State {
        code: "ID",
        people: 1839,
        zone: Zone::Mountain,
        area_codes: &[208, 986],
    },
    State {
        code: "WV",
        people: 1794,
        zone: Zone::Eastern,
        area_codes: &[304, 681],
    },
    State {
        code: "HI",
        people: 1455,
        zone: Zone::Hawaii,
        area_codes: &[808],
    },
    State {
        code: "NH",
        people: 1378,
        zone: Zone::Eastern,
        area_codes: &[603],
    },
    State {
        code: "ME",
        people: 1362,
        zone: Zone::Eastern,
        area_codes: &[207],
    },
    State {
        code: "RI",
        people: 1097,
        zone: Zone::Eastern,
        area_codes: &[401],
    },
    State {
        code: "MT",
        people: 1084,
        zone: Zone::Mountain,
        area_codes: &[406],
    },
    State {
        code: "DE",
        people: 990,
        zone: Zone::Eastern,
        area_codes: &[302],
    },
    State {
        code: "SD",
        people: 887,
        zone: Zone::Central,
        area_codes: &[605],
    },
    State {
        code: "ND",
        people: 779,
        zone: Zone::Central,
        area_codes: &[701],
    },
    State {
        code: "AK",
        people: 733,
        zone: Zone::Alaska,
        area_codes: &[907],
    },
    State {
        code: "DC",
        people: 690,
        zone: Zone::Eastern,
        area_codes: &[202, 771],
    },
    State {
        code: "VT",
        people: 643,
        zone: Zone::Eastern,
        area_codes: &[802],
    },
    State {
        code: "WY",
        people: 577,
        zone: Zone::Mountain,
        area_codes: &[307],
    },
];

pub(super) static CANADA: [State; 13] = [
    State {
        code: "ON",
        people: 14224,
        zone: Zone::Eastern,
        area_codes: &[
            226, 249, 289, 343, 365, 382, 416, 437, 519, 548, 613, 647, 683, 705, 742, 753, 807,
            905, 942,
        ],
    },
    State {
        code: "QC",
        people: 8502,
        zone: Zone::Eastern,
        area_codes: &[
            263, 273, 354, 367, 418, 438, 450, 468, 514, 579, 581, 819, 873,
        ],
    },
    State {
        code: "BC",
        people: 5001,
        zone: Zone::Pacific,
        area_codes: &[236, 250, 257, 604, 672, 778],
    },
    State {
        code: "AB",
        people: 4263,
        zone: Zone::Mountain,
        area_codes: &[368, 403, 587, 780, 825],
    },
    State {
        code: "MB",
        people: 1342,
        zone: Zone::Central,
        area_codes: &[204, 431, 584],
    },
    State {
        code: "SK",
        people: 1133,
        zone: Zone::CentralFixed,
        area_codes: &[306, 474, 639],
    },
    State {
        code: "NS",
        people: 969,
        zone: Zone::Atlantic,
        area_codes: &[782, 902],
    },
    State {
        code: "NB",
        people: 776,
        zone: Zone::Atlantic,
        area_codes: &[428, 506],
    },
    State {
        code: "NL",
        people: 511,
        zone: Zone::Newfoundland,
        area_codes: &[709, 879],
    },
    State {
        code: "PE",
        people: 154,
        zone: Zone::Atlantic,
        area_codes: &[782, 902],
    },
    State {
        code: "NT",
        people: 41,
        zone: Zone::Mountain,
        area_codes: &[867],
    },
    State {
        code: "YT",
        people: 40,
        zone: Zone::Arizona,
        area_codes: &[867],
    },
    State {
        code: "NU",
        people: 37,
        zone: Zone::Eastern,
        area_codes: &[867],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_states_add_up_to_the_census() {
        let sum = |states: &[State]| states.iter().map(|state| state.people).sum::<u32>();
        assert!(sum(&UNITED_STATES).abs_diff(331_449) < 30);
        assert!(sum(&CANADA).abs_diff(36_992) < 10);
    }

    #[test]
    fn an_area_code_belongs_to_one_group_of_states() {
        let mut groups: Vec<&[u16]> = UNITED_STATES
            .iter()
            .chain(&CANADA)
            .map(|state| state.area_codes)
            .collect();
        groups.sort_unstable();
        groups.dedup();
        let mut seen = HashSet::new();
        assert!(groups.into_iter().flatten().all(|code| seen.insert(code)));
        assert!(seen.len() > 350);
    }
}
