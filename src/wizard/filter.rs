//! The filter line of the models screen: fuzzy text, and words that read data.

use crate::chutes::model::Model;
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// A parsed filter line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    conditions: Vec<Condition>,
    /// What is left: fuzzy text.
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Condition {
    Tools,
    Vision,
    Reasoning,
    Tee,
    Number { field: Field, op: Op, value: f64 },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Field {
    Context,
    MaxOutput,
    PriceIn,
    PriceOut,
    PriceCache,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Op {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
}

impl Query {
    /// `glm tools ctx>200k in<0.5`: words of capabilities and comparisons are conditions, the rest is text.
    pub fn parse(line: &str) -> Query {
        let mut query = Query::default();
        for word in line.split_whitespace() {
            match condition(word) {
                Some(condition) => query.conditions.push(condition),
                None => {
                    if !query.text.is_empty() {
                        query.text.push(' ');
                    }
                    query.text.push_str(word);
                }
            }
        }
        query
    }

    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty() && self.text.is_empty()
    }

    /// The words that are conditions hold for this model. Unknown data meets no condition.
    pub fn allows(&self, model: &Model) -> bool {
        self.conditions.iter().all(|condition| condition.holds(model))
    }

    /// True when there is text to rank by.
    pub fn has_text(&self) -> bool {
        !self.text.is_empty()
    }
}

/// Ranks names against the text of a query; keeps its buffers between keystrokes.
pub struct Ranker {
    matcher: Matcher,
    buffer: Vec<char>,
}

impl Default for Ranker {
    fn default() -> Self {
        Ranker { matcher: Matcher::new(Config::DEFAULT.match_paths()), buffer: Vec::new() }
    }
}

impl std::fmt::Debug for Ranker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ranker")
    }
}

impl Ranker {
    /// Prepare the text of a query for many names.
    pub fn pattern(query: &Query) -> Pattern {
        Pattern::new(&query.text, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy)
    }

    /// Score of a name: higher is better, None is no match. Exact beats prefix beats fuzzy.
    pub fn score(&mut self, pattern: &Pattern, query: &Query, name: &str, alias: Option<&str>) -> Option<u32> {
        let best = [Some(name), alias].into_iter().flatten().filter_map(|text| {
            let fuzzy = pattern.score(Utf32Str::new(text, &mut self.buffer), &mut self.matcher)?;
            let last = text.rsplit('/').next().unwrap_or(text);
            let bonus = if text.eq_ignore_ascii_case(&query.text) || last.eq_ignore_ascii_case(&query.text) {
                1_000_000
            } else if starts_with_ignore_case(text, &query.text) || starts_with_ignore_case(last, &query.text) {
                500_000
            } else {
                0
            };
            Some(fuzzy + bonus)
        });
        best.max()
    }

    /// Which characters of `name` match, for highlighting: ascending indices of `char`s.
    pub fn highlight(&mut self, pattern: &Pattern, name: &str) -> Vec<usize> {
        let mut indices = Vec::new();
        if pattern.indices(Utf32Str::new(name, &mut self.buffer), &mut self.matcher, &mut indices).is_none() {
            return Vec::new();
        }
        indices.sort_unstable();
        indices.dedup();
        indices.into_iter().map(|at| at as usize).collect()
    }
}

fn starts_with_ignore_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn condition(word: &str) -> Option<Condition> {
    match word.to_ascii_lowercase().as_str() {
        "tools" => return Some(Condition::Tools),
        "vision" => return Some(Condition::Vision),
        "reasoning" => return Some(Condition::Reasoning),
        "tee" => return Some(Condition::Tee),
        _ => {}
    }
    let at = word.find(['<', '>', '='])?;
    let field = match word[..at].to_ascii_lowercase().as_str() {
        "ctx" | "context" => Field::Context,
        "max" | "output" => Field::MaxOutput,
        "in" => Field::PriceIn,
        "out" => Field::PriceOut,
        "cache" => Field::PriceCache,
        _ => return None,
    };
    let rest = &word[at..];
    let (op, number) = [("<=", Op::AtMost), (">=", Op::AtLeast), ("<", Op::Less), (">", Op::More), ("=", Op::Equal)]
        .into_iter()
        .find_map(|(sign, op)| rest.strip_prefix(sign).map(|number| (op, number)))?;
    Some(Condition::Number { field, op, value: number_with_unit(number)? })
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

impl Condition {
    fn holds(self, model: &Model) -> bool {
        match self {
            Condition::Tools => model.tools == Some(true),
            Condition::Vision => model.vision(),
            Condition::Reasoning => model.reasoning == Some(true),
            Condition::Tee => model.tee == Some(true),
            Condition::Number { field, op, value } => {
                #[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^52")]
                let actual = match field {
                    Field::Context => model.context.map(|n| n as f64),
                    Field::MaxOutput => model.max_output.map(|n| n as f64),
                    Field::PriceIn => model.price.input,
                    Field::PriceOut => model.price.output,
                    Field::PriceCache => model.price.cache_read,
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

    fn model() -> Model {
        Model {
            id: "zai-org/GLM-4.7-TEE".into(),
            context: Some(202_752),
            price: Price { input: Some(0.4), output: Some(2.0), cache_read: None },
            tools: Some(true),
            tee: Some(false),
            ..Model::default()
        }
    }

    #[test]
    fn words_read_data_and_never_the_name() {
        let allows = |line: &str| Query::parse(line).allows(&model());
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
        assert_eq!(query.text, "glm ctx>x foo<1 4.7");
        assert!(query.conditions.is_empty());
    }

    #[test]
    fn exact_beats_prefix_beats_fuzzy() {
        let mut ranker = Ranker::default();
        let query = Query::parse("glm-5");
        let pattern = Ranker::pattern(&query);
        let mut score = |name: &str| ranker.score(&pattern, &query, name, None);
        let (exact, prefix, fuzzy) = (score("z/GLM-5"), score("z/GLM-5.2-TEE"), score("z/a-glm-x-5"));
        assert!(exact > prefix && prefix > fuzzy && fuzzy.is_some(), "{exact:?} {prefix:?} {fuzzy:?}");
        assert_eq!(score("Qwen/Qwen3-32B"), None);
        assert_eq!(Ranker::default().highlight(&pattern, "GLM-5"), [0, 1, 2, 3, 4]);
    }
}
