//! The sentences of the models screen.

use crate::chutes::failure::Kind;
use crate::chutes::model::{Source, id_of};
use crate::chutes::verify::Verdict;
use crate::clean;
use crate::selection::alias::Problem;
use crate::selection::cost::dollars;
use crate::selection::propose::{Note, role_of};
use crate::selection::successor::{Reason, Role, exceeds};
use crate::selection::words::{order_words, reason};
use crate::texts::{Lang, choose as c, wizard as t};
use crate::time::UnixMillis;
use crate::tui::format::{amount, price, wrap};
use crate::wizard::models::{Models, Round, StatusLine, Stopped, decision};

/// Longest name inside a sentence, in characters.
const MOST: usize = 48;

/// `GLM-5.2-TEE` of `chutes/zai-org/GLM-5.2-TEE`.
pub fn short(target: &str) -> String {
    let name = id_of(target).map_or(target, |id| id.rsplit('/').next().unwrap_or(id));
    clean::excerpt(name, MOST)
}

/// [`short`], for sentences that name two of them.
fn brief(target: &str) -> String {
    clean::excerpt(&short(target), 26)
}

pub fn problem(problem: &Problem, lang: Lang) -> String {
    match problem {
        Problem::Character(c) => t::alias_character(lang, clean::line(&c.to_string())),
        Problem::TooLong => t::alias_too_long(lang).to_owned(),
        Problem::Duplicate { target } if id_of(target).is_some() => t::alias_duplicate(lang, short(target)),
        Problem::Duplicate { target } => t::alias_duplicate_foreign(lang, clean::excerpt(target, MOST)),
        Problem::Provider(name) => t::alias_provider(lang, name),
        Problem::Model(id) => t::alias_model(lang, clean::excerpt(id, MOST)),
        Problem::Command(word) => t::alias_command(lang, word),
    }
}

pub fn notice(models: &Models, notice: &StatusLine, lang: Lang) -> String {
    match notice {
        StatusLine::NotImageCapable => t::models_notice_no_image(lang).to_owned(),
        StatusLine::InUse => t::models_notice_in_use(lang).to_owned(),
        StatusLine::IsDefault => t::models_notice_is_default(lang).to_owned(),
        StatusLine::NoCredential => t::models_no_credential(lang).to_owned(),
        StatusLine::NoProposalHere => t::models_notice_no_proposal(lang).to_owned(),
        StatusLine::NotServed => t::models_notice_not_served(lang).to_owned(),
        StatusLine::NothingShown => t::models_notice_nothing_shown(lang).to_owned(),
        StatusLine::EnterAgain { id } => t::models_notice_enter_again(lang, clean::excerpt(id, MOST)),
        // The details of the row say it.
        StatusLine::Described => String::new(),
        StatusLine::LeaveAgain => t::models_notice_leave(lang).to_owned(),
        StatusLine::DefaultSet { before } => t::models_notice_default(lang, short(before)),
        StatusLine::AliasSet { name } => t::models_notice_alias_set(lang, name),
        StatusLine::AliasRemoved { name } => t::models_notice_alias_removed(lang, name),
        StatusLine::AliasMoved { name, from } => t::models_notice_alias_moved(lang, name, short(from)),
        StatusLine::Took { count } => t::models_notice_took(lang, count),
        StatusLine::Testing { id } => t::models_testing(lang, clean::excerpt(id, MOST)),
        StatusLine::NothingToTest => c::round_nothing(lang).to_owned(),
        StatusLine::RoundOver => models.round.as_ref().map(|round| over(round, lang)).unwrap_or_default(),
        StatusLine::IsPool => c::notice_is_pool(lang).to_owned(),
        StatusLine::Marked { count } => c::notice_marked(lang, count),
        StatusLine::PoolNeedsMarks => c::notice_needs_marks(lang).to_owned(),
        StatusLine::PoolMade { order } => c::notice_pool(lang, order_words(*order, lang)),
        StatusLine::NothingRecommended => c::notice_nothing_recommended(lang).to_owned(),
        StatusLine::Recommended { purpose, row } => c::notice_recommended(lang, purpose.name(), reason(row, lang)),
        StatusLine::Tested { id, verdict } => tested(models, id, verdict, lang),
    }
}

/// The price of asking all rows shown.
pub fn offer(round: &Round, lang: Lang) -> String {
    let offer = c::round_offer(lang, round.total, dollars(round.limit));
    match round.unpriced {
        0 => offer,
        count => format!("{offer}{}", c::round_unpriced(lang, count)),
    }
}

/// What came of it.
fn over(round: &Round, lang: Lang) -> String {
    let over = c::round_over(lang, round.answered, round.total, round.worked, amount(round.spent));
    let why = match &round.stopped {
        None => return over,
        Some(Stopped::ByPerson) => return c::round_stopped(lang, over),
        Some(Stopped::Price) => c::round_price(lang, dollars(round.limit)),
        Some(Stopped::Refused(failure)) => failure.message(lang),
    };
    c::round_stopped_why(lang, over, why)
}

/// Latency and price of a test call, or the layer that failed.
fn tested(models: &Models, id: &str, verdict: &Verdict, lang: Lang) -> String {
    let name = clean::excerpt(id, MOST);
    let layer = match verdict {
        Verdict::Works { latency_ms, .. } => {
            let words = t::models_tested_works(lang, name, latency_ms);
            return match price_of(models, id, verdict) {
                Some(price) => format!("{words} {}", t::models_tested_price(lang, price)),
                None => words,
            };
        }
        Verdict::Refused(_) => t::models_layer_key(lang),
        Verdict::NoBalance(_) => t::models_layer_balance(lang),
        Verdict::NotServed(_) => t::models_layer_model(lang),
        Verdict::Unverified(failure) if matches!(failure.kind, Kind::Status { .. }) => t::models_layer_service(lang),
        Verdict::Unverified(_) => t::models_layer_network(lang),
    };
    let why = verdict.failure().map(|failure| failure.message(lang)).unwrap_or_default();
    t::models_tested_failed(lang, layer, name, why)
}

/// What is worth knowing of the choices before they are written, and after.
pub fn doubts(models: &Models, lang: Lang) -> Vec<String> {
    let unserved: Vec<String> = models.unserved().into_iter().map(short).collect();
    let unserved = (!unserved.is_empty()).then(|| t::review_unserved(lang, unserved.join(", ")));
    let unverified = (models.source != Source::Live).then(|| t::review_unverified(lang).to_owned());
    let short = models.account.as_ref().and_then(|account| account.shortage_words(lang, UnixMillis::utc));
    unserved.into_iter().chain(unverified).chain(short).collect()
}

/// What a call that worked cost, in USD; None when the price or the tokens are unknown.
pub fn price_of(models: &Models, id: &str, verdict: &Verdict) -> Option<String> {
    let Verdict::Works { prompt_tokens, completion_tokens, .. } = verdict else { return None };
    let price = models.models[models.row_of(id)?].price;
    let of = |tokens: u64, usd: f64| {
        #[expect(clippy::cast_precision_loss, reason = "a handful of tokens")]
        let tokens = tokens as f64;
        tokens * usd / 1e6
    };
    Some(amount(of((*prompt_tokens)?, price.input?) + of((*completion_tokens)?, price.output?)))
}

/// What is gone, what is proposed and why, and the key that takes it.
pub fn proposal(models: &Models, note: &Note, width: usize, lang: Lang) -> String {
    let (gone, taken) = match note {
        Note::Default { wanted, taken } if wanted == models.documented_default() => {
            (t::models_proposal_documented(lang, brief(wanted)), taken)
        }
        Note::Default { wanted, taken } => (t::models_proposal_default(lang, brief(wanted)), taken),
        Note::Alias { name, wanted, taken } => (t::models_proposal_alias(lang, name, brief(wanted)), taken),
        Note::Fallback { wanted, taken } => (t::models_proposal_fallback(lang, brief(wanted)), taken),
        Note::Image { wanted, taken } => (t::models_proposal_image(lang, brief(wanted)), taken),
        _ => return String::new(),
    };
    let (proposed, key) = match (taken, decision(note)) {
        (Some((target, reason)), Some((wanted, _))) => {
            let words = t::models_proposal_taken(lang, brief(target), reason_words(*reason, lang));
            (format!("{words}{}", prices(models, note, wanted, target, lang)), t::models_take(lang))
        }
        _ => (t::models_proposal_nothing(lang).to_owned(), t::models_take_removal(lang)),
    };
    let (space, stop) = if lang == Lang::ZhCn { ("", "。") } else { (" ", ".") };
    let text = format!("{gone}{space}{proposed}{stop}");
    let keys = match models.pending.len() {
        1 => key.to_owned(),
        count => format!("{key}   {}", t::models_take_all(lang, count)),
    };
    if width < 56 {
        // What is cut off a small window is what is gone, not the way out nor the price of it.
        return format!("{keys}: {proposed}{stop}{space}{gone}");
    }
    // The keys have a line of their own where the sentence needs two.
    let whole = format!("{text}   {keys}");
    if wrap(&whole, width).len() <= 2 { whole } else { format!("{text}\n{keys}") }
}

/// Everything that is still proposed, in a few words each.
pub fn open_proposals(models: &Models, lang: Lang) -> String {
    let words = models.pending.iter().filter_map(|note| {
        let taken = match decision(note)? {
            (_, Some(target)) => brief(target),
            (_, None) => t::models_open_nothing(lang).to_owned(),
        };
        Some(match note {
            Note::Alias { name, .. } => t::models_open_alias(lang, name, taken),
            Note::Fallback { .. } => t::models_open_fallback(lang, taken),
            Note::Image { .. } => t::models_open_image(lang, taken),
            _ => t::models_open_default(lang, taken),
        })
    });
    words.collect::<Vec<_>>().join(if lang == Lang::ZhCn { "，" } else { ", " })
}

fn reason_words(reason: Reason, lang: Lang) -> &'static str {
    match reason {
        Reason::NewestOfFamily => t::models_reason_family(lang),
        Reason::FirstOfBuiltIn => t::models_reason_built_in(lang),
        Reason::CheapestWithTools => t::models_reason_tools(lang),
        Reason::CheapestWithImages => t::models_reason_images(lang),
        Reason::Cheapest => c::reason_cheapest(lang),
        Reason::Quickest => c::reason_quickest(lang),
        Reason::NearestPrice => c::reason_nearest(lang),
        Reason::PoolRepaired => c::reason_repaired(lang),
    }
}

/// `, dearer: in $0.40 → $0.98, out $2.00 → $3.08`, when both prices are known. What costs more than its role
/// allows is there for want of anything else, and that is said.
fn prices(models: &Models, note: &Note, wanted: &str, target: &str, lang: Lang) -> String {
    let known = models.known_price(wanted).zip(models.known_price(target));
    let Some((old, new)) = known else { return String::new() };
    let step = |old: Option<f64>, new: Option<f64>| Some(t::models_proposal_step(lang, price(old?), price(new?)));
    let Some((input, output)) = step(old.input, new.input).zip(step(old.output, new.output)) else {
        return String::new();
    };
    if let Some(times) = exceeds(old, new, role_of_note(note)) {
        t::models_proposal_too_dear(lang, times, input, output)
    } else if new.blended() > old.blended() {
        t::models_proposal_dearer(lang, input, output)
    } else if new.blended() < old.blended() {
        t::models_proposal_cheaper(lang, input, output)
    } else {
        String::new()
    }
}

fn role_of_note(note: &Note) -> Role {
    match note {
        Note::Alias { name, .. } => role_of(name),
        Note::Image { .. } => Role::Vision,
        Note::Fallback { .. } => Role::Fallback,
        _ => Role::Main,
    }
}

/// Things to know that need no decision, in one sentence each.
pub fn notes(notes: &[Note], lang: Lang) -> Option<String> {
    let repaired: Vec<&str> = notes
        .iter()
        .filter_map(|note| match note {
            Note::Repaired { name, .. } => Some(name.as_str()),
            _ => None,
        })
        .collect();
    if !repaired.is_empty() {
        return Some(t::models_note_repaired(lang, repaired.join(", ")));
    }
    notes.iter().find_map(|note| match note {
        Note::MadeRoom { before, kept: true } => Some(t::models_note_made_room(lang, clean::excerpt(before, MOST))),
        Note::AliasHeld { name, target, by } => Some(t::models_note_held(lang, name, short(target), by)),
        Note::ExplicitNotServed { wanted } => Some(t::models_note_explicit(lang, clean::excerpt(wanted, MOST))),
        Note::AliasMoved { name, from } => Some(t::models_note_moved(lang, name, short(from))),
        _ => None,
    })
}
