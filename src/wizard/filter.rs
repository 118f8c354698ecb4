//! Long: one little language, read and matched.
//!
//! The filter line of the models screen: fuzzy text, and words that read data.
//!
//! Ranking is by classes (exact, prefix, start of a word, inside, letters in order): rows of one class
//! keep the order of the table, so that `glm` sorted by price stays sorted by price.

use super::models::Sort;
use crate::chutes::health::{ModelHealth, State};
use crate::chutes::model::Model;

/// A parsed filter line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    conditions: Vec<Condition>,
    /// Text that a name must not hold, in lower case.
    without: Vec<String>,
    /// `sort:in`
    sort: Option<Sort>,
    /// What is left: text. Each word has to be found.
    words: Vec<Word>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Condition {
    Can(Capability),
    /// It is known that the model cannot.
    Cannot(Capability),
    /// What the service says of its instances.
    Is(&'static [State]),
    Number {
        field: Field,
        op: Op,
        value: f64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Capability {
    Tools,
    Vision,
    Reasoning,
    Tee,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Field {
    Context,
    MaxOutput,
    PriceIn,
    PriceOut,
    PriceCache,
    /// Seconds to the first token.
    Ttft,
    /// Tokens per second.
    Tps,
    /// Per cent.
    Busy,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Op {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
}

/// One word of text, in lower case, and the set of its letters.
#[derive(Clone, Debug, PartialEq)]
struct Word {
    text: String,
    letters: u64,
}

/// How well a word is found, best first: what a name has to lose.
const EXACT: u8 = 0;
const PREFIX: u8 = 1;
const WORD_START: u8 = 2;
const INSIDE: u8 = 3;
/// Letters in order, with gaps; each letter of a gap costs one more.
const SCATTERED: u8 = 4;
/// The worst rank; `NOT_FOUND` is no rank at all.
const WORST: u8 = 254;
pub const NOT_FOUND: u8 = 255;

impl Query {
    /// `glm tools ctx>200k in<0.5 !tee sort:in`: words of capabilities and comparisons are conditions, the
    /// rest is text. `+tv` are letters of the column of capabilities.
    pub fn parse(line: &str) -> Query {
        let mut query = Query::default();
        for word in line.split_whitespace() {
            let lower = word.to_ascii_lowercase();
            if let Some(sort) = lower.strip_prefix("sort:") {
                query.sort = sort_named(sort).or(query.sort);
                continue;
            }
            match conditions(&lower) {
                Some(conditions) => query.conditions.extend(conditions),
                None if lower.starts_with('!') => {
                    query.without.extend(Some(lower[1..].to_owned()).filter(|w| !w.is_empty()))
                }
                None => {
                    // The provider is the same for all: a full ref finds its model.
                    let text = lower.strip_prefix("chutes/").unwrap_or(&lower).to_owned();
                    query.words.push(Word { letters: letters(&text), text });
                }
            }
        }
        query
    }

    /// Everything is shown.
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty() && self.without.is_empty() && self.words.is_empty()
    }

    /// The order that the line asks for.
    pub fn sort(&self) -> Option<Sort> {
        self.sort
    }

    /// The words that are conditions hold for this model. Unknown data meets no condition.
    /// `health`: figures of the service; None: unknown.
    pub fn allows(&self, model: &Model, health: Option<&ModelHealth>) -> bool {
        let lower = || model.id.to_ascii_lowercase();
        self.conditions.iter().all(|condition| condition.holds(model, health))
            && (self.without.is_empty() || self.without.iter().all(|text| !lower().contains(text.as_str())))
    }

    /// What a word that finds nothing may have been meant as: a capability, or a part of one of these names
    /// (in lower case) that is one slip away.
    pub fn suggestion<'n>(&self, mut names: impl Iterator<Item = &'n str>) -> Option<String> {
        let typed = self.words.iter().map(|word| word.text.as_str()).find(|text| text.len() >= 3)?;
        let capability = CAPABILITIES.iter().map(|(name, _)| *name).find(|name| one_slip(typed, name));
        let part = || names.find_map(|name| name.split(['/', '-', '.', '_']).find(|part| one_slip(typed, part)));
        capability.or_else(part).map(str::to_owned)
    }

    /// A word that looks like a comparison and is none, so that it is text.
    pub fn misunderstood(&self) -> Option<&str> {
        self.words.iter().map(|word| word.text.as_str()).find(|text| text.contains(['<', '>']))
    }

    /// True when there is text to rank by.
    pub fn has_text(&self) -> bool {
        !self.words.is_empty()
    }

    /// How well the text is found in a name or its alias: lower is better, [`NOT_FOUND`] is not at all.
    /// Both in lower case; `set` is [`letters`] of the name.
    pub fn rank(&self, name: &str, set: u64, alias: Option<&str>) -> u8 {
        let mut sum = 0_u8;
        for word in &self.words {
            let mut best = if word.letters & !set == 0 { word.rank(name) } else { NOT_FOUND };
            if let Some(alias) = alias {
                best = best.min(word.rank(alias));
            }
            if best == NOT_FOUND {
                return NOT_FOUND;
            }
            sum = sum.saturating_add(best).min(WORST);
        }
        sum
    }

    /// Byte offsets of the letters of `name` that the text is found in, ascending, for highlighting.
    pub fn hits(&self, name: &str) -> Vec<usize> {
        let lower = name.to_ascii_lowercase();
        let mut hits: Vec<usize> = self.words.iter().flat_map(|word| word.hits(&lower)).collect();
        hits.sort_unstable();
        hits.dedup();
        hits
    }
}

/// The set of letters of a text in lower case: a word can only be found where its letters are.
pub fn letters(text: &str) -> u64 {
    text.bytes().fold(0, |set, byte| {
        set | 1
            << match byte {
                b'a'..=b'z' => byte - b'a',
                b'0'..=b'9' => 26 + byte - b'0',
                other => 36 + other % 28,
            }
    })
}

impl Word {
    fn rank(&self, name: &str) -> u8 {
        let (word, bytes) = (self.text.as_bytes(), name.as_bytes());
        let last = name.rfind('/').map_or(0, |slash| slash + 1);
        match self.place(bytes) {
            Some(_) if bytes == word || &bytes[last..] == word => EXACT,
            Some(_) if bytes.starts_with(word) || bytes[last..].starts_with(word) => PREFIX,
            Some(at) if starts_word(bytes, at) => WORD_START,
            Some(_) => INSIDE,
            None => match self.scattered(bytes) {
                Some((from, to)) => {
                    let gaps = u8::try_from(to - from - word.len()).unwrap_or(u8::MAX);
                    SCATTERED.saturating_add(gaps).min(WORST)
                }
                None => NOT_FOUND,
            },
        }
    }

    /// Where the word stands in one piece: at the start of a word if it does so anywhere.
    fn place(&self, name: &[u8]) -> Option<usize> {
        let word = self.text.as_bytes();
        let (&first, rest) = word.split_first()?;
        let mut found = None;
        for at in 0..(name.len() + 1).saturating_sub(word.len()) {
            if name[at] == first && name[at + 1..].starts_with(rest) {
                if starts_word(name, at) {
                    return Some(at);
                }
                found = found.or(Some(at));
            }
        }
        found
    }

    /// The shortest stretch, by its end, that has the letters in order. Only for plain text: parts of
    /// other scripts' characters mean nothing.
    fn scattered(&self, name: &[u8]) -> Option<(usize, usize)> {
        if !self.text.is_ascii() {
            return None;
        }
        let mut left = self.text.bytes();
        let mut wanted = left.next()?;
        let mut end = None;
        for (at, byte) in name.iter().enumerate() {
            if *byte == wanted {
                match left.next() {
                    Some(next) => wanted = next,
                    None => {
                        end = Some(at + 1);
                        break;
                    }
                }
            }
        }
        let end = end?;
        let mut start = end;
        for byte in self.text.bytes().rev() {
            start = name[..start].iter().rposition(|b| *b == byte)?;
        }
        Some((start, end))
    }

    fn hits(&self, name: &str) -> Vec<usize> {
        let bytes = name.as_bytes();
        if let Some(at) = self.place(bytes) {
            return (at..at + self.text.len()).collect();
        }
        let Some((_, end)) = self.scattered(bytes) else { return Vec::new() };
        let mut at = end;
        let mut hits = Vec::with_capacity(self.text.len());
        for byte in self.text.bytes().rev() {
            let Some(found) = bytes[..at].iter().rposition(|b| *b == byte) else { break };
            hits.push(found);
            at = found;
        }
        hits
    }
}

fn starts_word(name: &[u8], at: usize) -> bool {
    at == 0 || !name[at - 1].is_ascii_alphanumeric()
}

const CAPABILITIES: [(&str, Capability); 4] = [
    ("tools", Capability::Tools),
    ("vision", Capability::Vision),
    ("reasoning", Capability::Reasoning),
    ("tee", Capability::Tee),
];

/// Words for what runs. What is crowded is up, too.
const STATES: [(&str, &[State]); 3] =
    [("up", &[State::Up, State::Crowded]), ("crowded", &[State::Crowded]), ("asleep", &[State::Asleep])];

fn capability(word: &str) -> Option<Capability> {
    CAPABILITIES.iter().find(|(name, _)| *name == word).map(|(_, capability)| *capability)
}

/// The columns as `sort:` names them.
fn sort_named(name: &str) -> Option<Sort> {
    Some(match name {
        "name" | "model" => Sort::Name,
        "alias" | "use" => Sort::Alias,
        "ctx" | "context" => Sort::Context,
        "max" | "output" => Sort::Output,
        "in" | "price" => Sort::PriceIn,
        "out" => Sort::PriceOut,
        "cache" => Sort::PriceCache,
        "state" | "up" => Sort::State,
        "ttft" => Sort::Ttft,
        "tps" => Sort::Tps,
        "test" | "tested" => Sort::Tested,
        _ => return None,
    })
}

/// What a word in lower case demands; None: it is text.
fn conditions(word: &str) -> Option<Vec<Condition>> {
    if let Some(capability) = capability(word) {
        return Some(vec![Condition::Can(capability)]);
    }
    if let Some(capability) = word.strip_prefix(['!', '-']).and_then(capability) {
        return Some(vec![Condition::Cannot(capability)]);
    }
    if let Some((_, states)) = STATES.iter().find(|(name, _)| *name == word) {
        return Some(vec![Condition::Is(states)]);
    }
    if let Some(letters) = word.strip_prefix('+') {
        let of =
            |letter: char| CAPABILITIES.iter().find(|(_, c)| c.letter() == letter).map(|(_, c)| Condition::Can(*c));
        return letters.chars().map(of).collect();
    }
    comparison(word).map(|condition| condition.into_iter().collect())
}

/// True when one letter more, less, another or two swapped make one word of the other.
fn one_slip(a: &str, b: &str) -> bool {
    strsim::osa_distance(a, b) == 1
}

/// None: the word is text. Some(None): a comparison whose number is still to be typed; it hides nothing.
fn comparison(word: &str) -> Option<Option<Condition>> {
    let at = word.find(['<', '>', '='])?;
    let field = match &word[..at] {
        "" | "ctx" | "context" => Field::Context,
        "max" | "output" => Field::MaxOutput,
        "in" => Field::PriceIn,
        "out" => Field::PriceOut,
        "cache" => Field::PriceCache,
        "ttft" => Field::Ttft,
        "tps" => Field::Tps,
        "busy" => Field::Busy,
        _ => return None,
    };
    let rest = &word[at..];
    let (op, number) = [("<=", Op::AtMost), (">=", Op::AtLeast), ("<", Op::Less), (">", Op::More), ("=", Op::Equal)]
        .into_iter()
        .find_map(|(sign, op)| rest.strip_prefix(sign).map(|number| (op, number)))?;
    if number.trim_start_matches('$').is_empty() {
        return Some(None);
    }
    let unit: &[char] = match field {
        Field::Ttft => &['s'],
        Field::Busy => &['%'],
        _ => &[],
    };
    let mut value = number_with_unit(number.trim_end_matches(unit))?;
    // The table counts tokens in thousands, and so do people.
    let counts_tokens = matches!(field, Field::Context | Field::MaxOutput);
    if counts_tokens && value < 10_000.0 && !number.ends_with(['k', 'm']) {
        value *= 1e3;
    }
    Some(Some(Condition::Number { field, op, value }))
}

/// `200k`, `1m`, `0.5`, `$2`.
fn number_with_unit(text: &str) -> Option<f64> {
    let text = text.trim_start_matches('$').to_ascii_lowercase();
    let (digits, factor) = match text.strip_suffix('k') {
        Some(digits) => (digits, 1e3),
        None => match text.strip_suffix('m') {
            Some(digits) => (digits, 1e6),
            None => (text.as_str(), 1.0),
        },
    };
    digits.parse::<f64>().ok().filter(|n| n.is_finite()).map(|n| n * factor)
}

impl Capability {
    /// None: it is not known.
    fn of(self, model: &Model) -> Option<bool> {
        match self {
            Capability::Tools => model.tools,
            Capability::Vision => model.input.as_ref().map(|_| model.vision()),
            Capability::Reasoning => model.reasoning,
            Capability::Tee => model.tee,
        }
    }

    /// As the table writes it.
    fn letter(self) -> char {
        match self {
            Capability::Tools => 't',
            Capability::Vision => 'v',
            Capability::Reasoning => 'r',
            Capability::Tee => 'e',
        }
    }
}

impl Condition {
    fn holds(self, model: &Model, health: Option<&ModelHealth>) -> bool {
        // To four places, as people write it: a third of a second is no 0.33000001.
        let figure = |of: fn(&ModelHealth) -> Option<f32>| {
            health.and_then(of).map(|figure| (f64::from(figure) * 1e4).round() / 1e4)
        };
        match self {
            Condition::Can(capability) => capability.of(model) == Some(true),
            Condition::Cannot(capability) => capability.of(model) == Some(false),
            Condition::Is(states) => health.and_then(ModelHealth::state).is_some_and(|state| states.contains(&state)),
            Condition::Number { field, op, value } => {
                #[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^52")]
                let actual = match field {
                    Field::Context => model.context.map(|n| n.get() as f64),
                    Field::MaxOutput => model.max_output.map(|n| n.get() as f64),
                    Field::PriceIn => model.price.input,
                    Field::PriceOut => model.price.output,
                    Field::PriceCache => model.price.cache_read,
                    Field::Ttft => figure(|health| health.ttft),
                    Field::Tps => figure(|health| health.tps),
                    Field::Busy => figure(|health| health.busy.map(|share| share * 100.0)),
                };
                actual.is_some_and(|n| match op {
                    Op::Less => n < value,
                    Op::AtMost => n <= value,
                    Op::More => n > value,
                    Op::AtLeast => n >= value,
                    Op::Equal => (n - value).abs() < f64::EPSILON,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chutes::model::Price;
    use std::num::NonZeroU64;

    fn model() -> Model {
        Model {
            id: "zai-org/GLM-4.7-TEE".into(),
            context: NonZeroU64::new(202_752),
            price: Price { input: Some(0.4), output: Some(2.0), cache_read: None },
            tools: Some(true),
            tee: Some(false),
            ..Model::default()
        }
    }

    #[test]
    fn what_runs_is_searched_like_the_rest() {
        let figures =
            ModelHealth { instances: Some(3), busy: Some(0.5), refused: Some(0.0), ttft: Some(0.8), tps: Some(61.0) };
        let allows = |line: &str, health: Option<&ModelHealth>| Query::parse(line).allows(&model(), health);
        for yes in ["up tps>40 ttft<1s", "ttft<=0.8", "busy<60%", "tps>"] {
            assert!(allows(yes, Some(&figures)), "{yes}");
        }
        for no in ["asleep", "crowded", "tps>70", "ttft<0.5s", "busy>50"] {
            assert!(!allows(no, Some(&figures)), "{no}");
        }
        assert!(!allows("up", None) && !allows("tps>1", None), "unknown data meets no condition");
        let full = ModelHealth { busy: Some(0.95), ..figures };
        assert!(allows("crowded", Some(&full)) && allows("up", Some(&full)));
        assert!(allows("asleep", Some(&ModelHealth { instances: Some(0), ..figures })));
    }

    #[test]
    fn words_read_data_and_never_the_name() {
        let allows = |line: &str| Query::parse(line).allows(&model(), None);
        for yes in ["tools", "ctx>200k", "ctx>=202752 in<0.5 out<=2", "in=0.4", "out<$3", "TOOLS", ""] {
            assert!(allows(yes), "{yes}");
        }
        for no in ["tee", "vision", "reasoning", "ctx>1m", "in<0.4", "cache<9", "max>1"] {
            assert!(!allows(no), "{no}");
        }
    }

    #[test]
    fn what_is_no_condition_is_text() {
        let query = Query::parse("glm ctx>x foo<1 4.7");
        let words: Vec<&str> = query.words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(words, ["glm", "ctx>x", "foo<1", "4.7"]);
        assert!(query.conditions.is_empty());
        assert!(Query::parse("ctx> in< out<=$").is_empty(), "half a comparison hides nothing");
    }

    #[test]
    fn numbers_of_tokens_are_thousands_and_a_sign_turns_a_word_round() {
        let allows = |line: &str| Query::parse(line).allows(&model(), None);
        for yes in ["ctx>200", ">200", "ctx>202000", "ctx<203", "!tee", "-tee", "!qwen", "+t"] {
            assert!(allows(yes), "{yes}");
        }
        for no in ["ctx>203", ">203k", "!tools", "!glm", "+te", "!vision"] {
            assert!(!allows(no), "{no}");
        }
        assert_eq!(Query::parse("glm sort:in").sort(), Some(Sort::PriceIn));
        assert!(Query::parse("sort:in").is_empty() && Query::parse("!").is_empty());
        assert_eq!(Query::parse("+x").words.len(), 1, "no capability: text");
    }

    #[test]
    fn a_slip_is_named() {
        let names = ["zai-org/glm-5", "moonshotai/kimi-k3"];
        let meant = |text: &str| Query::parse(text).suggestion(names.into_iter());
        for (typed, word) in [("tols", "tools"), ("visoin", "vision"), ("kimmi", "kimi"), ("moonshtai", "moonshotai")] {
            assert_eq!(meant(typed).as_deref(), Some(word));
        }
        assert_eq!(meant("xyzzy"), None);
        assert_eq!(meant("ab"), None, "too short to guess");
    }

    fn rank(text: &str, name: &str) -> u8 {
        let name = name.to_ascii_lowercase();
        Query::parse(text).rank(&name, letters(&name), None)
    }

    #[test]
    fn exact_beats_prefix_beats_inside_beats_scattered() {
        let names = ["z/GLM-5", "z/GLM-5.2-TEE", "z/a-glm-5", "z/xglm-5", "z/g-l-m-5", "z/gxxlxxmxx-5"];
        let ranks = names.map(|name| rank("glm-5", name));
        assert!(ranks.is_sorted_by(|a, b| a < b) && ranks[5] < NOT_FOUND, "{ranks:?}");
        assert_eq!(rank("glm-5", "Qwen/Qwen3-32B"), NOT_FOUND);
        assert_eq!(rank("chutes/z/glm-5", "z/GLM-5"), EXACT, "a full ref");
        assert_eq!(rank("z/glm-5", "z/GLM-5"), EXACT, "a full id");
        assert_eq!(rank("5 glm", "z/GLM-5"), rank("glm 5", "z/GLM-5"), "words in any order");
        assert_eq!(rank("glm qwen", "z/GLM-5"), NOT_FOUND, "all of them");
        assert_eq!(rank("模", "x/模型"), PREFIX);
        assert_eq!(rank("型", "x/模型"), WORD_START);
        assert_eq!(rank("型模", "x/模型"), NOT_FOUND);
    }

    #[test]
    fn an_alias_is_found_like_a_name() {
        let query = Query::parse("fast");
        assert_eq!(query.rank("z/other", letters("z/other"), Some("chutes-fast")), WORD_START);
    }

    #[test]
    fn the_letters_found_are_told() {
        assert_eq!(Query::parse("glm").hits("zai-org/GLM-5"), [8, 9, 10]);
        assert_eq!(Query::parse("g5").hits("zai-org/GLM-5"), [8, 12], "the shortest stretch");
        assert_eq!(Query::parse("5 glm").hits("GLM-5"), [0, 1, 2, 4]);
        assert_eq!(Query::parse("型").hits("模型"), [3, 4, 5]);
        assert_eq!(Query::parse("nope").hits("GLM-5"), [0_usize; 0]);
    }
}
