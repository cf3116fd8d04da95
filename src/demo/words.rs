//! What invented submissions are made of: plans, regions, things that contracts change, and people.

/// Health plans; no such company is known.
pub const PLANS: &[&str] = &[
    "Prairie Crest Health Plan",
    "Blue Heron Community Care",
    "Harborview Family Health",
    "Northern Pines Health Partners",
    "Cardinal Bridge Care",
    "Silver Maple Health",
    "Lakeshore Members Plan",
    "Redbud Community Health",
    "Summit Trail Health Plan",
    "Willow Creek Care Alliance",
];

/// Parts of a state.
pub const REGIONS: &[&str] = &[
    "northern",
    "southern",
    "eastern",
    "western",
    "central",
    "northeastern",
    "southwestern",
    "metropolitan",
    "river valley",
];

/// What an amendment does; `{plan}`, `{region}`, `{program}` and `{n}` are filled in.
pub const AMENDED: &[&str] = &[
    "extends {program} to {n} {region} counties",
    "moves the withhold of {program} from {n} to 5 percent and ties it to two quality measures",
    "adds {plan} to the plans of {program}",
    "brings the network adequacy standards of {program} in line with the state's new travel times",
    "adds telehealth and remote monitoring to the benefits of {program}",
    "renews {program} with {plan} for another contract year",
    "replaces the risk corridor of {program} by a minimum medical loss ratio with remittance",
    "clarifies how {plan} handles grievances and expedited appeals",
    "adds a state directed payment for {n} {region} hospitals, under the preprint that CMS approved",
    "moves the non-emergency transportation of {program} from fee-for-service into the plans",
    "adds in lieu of services for housing supports and medically tailored meals",
    "updates the enrollment process of {program}: plans are now chosen online, with {n} days to change",
];

/// What an EQRO is contracted for.
pub const REVIEWED: &[&str] = &[
    "The yearly external quality review of {program}",
    "Validation of the performance measures of {program} for another {n} quarters",
    "Adds an encounter data validation study of {program} in the {region} region",
    "Extends the external quality review to the plans that joined {program}",
];

/// What a base contract is.
pub const FOUNDED: &[&str] = &[
    "is the contract of {program} with {plan} after the procurement that ended last spring",
    "is the model contract of {program}, signed by all {n} plans",
    "begins {program} in {n} {region} counties, with {plan} as the first plan",
    "replaces the contract of {program} that ends this year; the terms that changed are marked in the redline",
];

/// What else reviewers are told.
pub const FURTHER: &[&str] = &[
    "The benefits are otherwise those of the contract CMS approved last year.",
    "Capitation rates are not part of this submission; the certification follows with the rate cycle.",
    "Readiness was reviewed on site; the report is among the supporting documents.",
    "Please look at sections 4.3 and 7 first, where most of the changes are.",
    "The plans signed an earlier wording; the difference is shown in the redline.",
    "No enrollee loses coverage or has to change the plan.",
    "The legislature appropriated the funds for this in its last session.",
];

/// What does not comply, until when.
pub const NOT_COMPLIANT: &[&str] = &[
    "Provider directories (42 CFR 438.10(h)(3)) are updated within 45 instead of 30 days at two plans. Mended with the next release of their portal.",
    "The annual medical loss ratio report (42 CFR 438.8(k)) of one plan is late. It was promised for the end of the quarter.",
    "Two of {n} {region} counties miss the time and distance standard for pediatric dentists (42 CFR 438.68). New contracts are being signed.",
    "Appeal notices (42 CFR 438.404) are not yet translated into all prevalent languages. Translations are due in 60 days.",
];

/// First names of contacts.
pub const FIRST_NAMES: &[&str] = &[
    "Amelia", "Benjamin", "Carmen", "Derek", "Esther", "Felix", "Gloria", "Hiroshi", "Ingrid", "Jamal", "Katarina",
    "Luis", "Miriam", "Noah", "Olivia", "Pavel", "Quinn", "Rosa", "Samuel", "Tamika", "Uma", "Victor", "Wendy",
    "Xavier", "Yolanda", "Zoe",
];

/// Last names of contacts.
pub const LAST_NAMES: &[&str] = &[
    "Abbott",
    "Bauer",
    "Castillo",
    "Dahl",
    "Eriksen",
    "Foster",
    "Grant",
    "Hoang",
    "Iverson",
    "Jackson",
    "Kowalski",
    "Larsen",
    "Mbeki",
    "Novak",
    "Ortiz",
    "Price",
    "Quist",
    "Reyes",
    "Schmidt",
    "Tran",
    "Underwood",
    "Voss",
    "Whitfield",
    "Yang",
    "Zimmer",
];

/// Titles of contacts.
pub const TITLES: &[&str] = &[
    "Contract manager",
    "Director, managed care",
    "Managed care policy analyst",
    "Deputy Medicaid director",
    "Federal relations coordinator",
    "Rate and contract specialist",
];

/// Names of supporting documents.
pub const SUPPORTING: &[&str] = &[
    "Redline",
    "Readiness review report",
    "Network adequacy tables",
    "Quality measures",
    "Summary of changes",
    "Directed payment preprint",
    "Procurement summary",
    "Member handbook excerpt",
];
