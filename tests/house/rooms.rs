//! What ARCHITECTURE says of the rooms, kept true: no circles, no hall, no endless file, no sentence that nobody says.

use crate::{files, read};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Wings of `openclaw`; each is a room of its own, and what lies beside them is one more, below them.
const WINGS: [&str; 5] = ["read", "plan", "write", "program", "config_get"];
/// Lines of a file that fit in a head. A longer one begins with `//! Long: ` and the reason.
const LONG: usize = 500;

/// Every Rust file below a folder of the repository: its path there, and its text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let rust = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    files(folder).into_iter().filter(rust).map(|path| (path.clone(), read(&path.display().to_string()))).collect()
}

/// The module path of a file: `src/openclaw/read/mod.rs` is `[openclaw, read]`.
fn module(path: &Path) -> Vec<String> {
    let parts = path.with_extension("");
    let parts = parts.components().skip(1).map(|part| part.as_os_str().to_string_lossy().into_owned());
    parts.filter(|part| part != "mod").collect()
}

/// The room of a module or of a thing in it. None: the crate's own root, and the front door of `openclaw`, which
/// only hands on what the wings have.
fn room(module: &[String]) -> Option<String> {
    let (first, rest) = module.split_first()?;
    match rest.first() {
        _ if matches!(first.as_str(), "lib" | "main") => None,
        None if first == "openclaw" => None,
        Some(second) if first == "openclaw" && WINGS.contains(&second.as_str()) => Some(format!("{first}/{second}")),
        Some(second) if first == "openclaw" && second == "Site" => Some("openclaw/read".to_owned()),
        _ => Some(first.clone()),
    }
}

/// What a text imports or names, as full module paths; without its tests and comments.
fn names(text: &str, module: &[String]) -> Vec<Vec<String>> {
    let code = text.split("\n#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = lines.flat_map(|line| [line, "\n"]).collect();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("::") {
        let start = code[..at].rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |before| before + 1);
        let base = match &code[start..at] {
            "crate" => Vec::new(),
            // Of several `super` in a row the first decides: two of them lead out of the room's file, not out of a wing.
            "super" if !code[..start].ends_with("::") => module[..module.len().saturating_sub(1)].to_vec(),
            _ => continue,
        };
        for path in expand(code[at + 2..].trim_start()) {
            found.push([base.clone(), path].concat());
        }
    }
    found
}

/// `a::{b, c::d}` is `[a, b]`, `[a, c]`: the first two steps of each path.
fn expand(text: &str) -> Vec<Vec<String>> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    if let Some(group) = text.strip_prefix('{') {
        let mut depth = 0;
        let mut found = Vec::new();
        let mut begins = 0;
        for (at, c) in group.char_indices() {
            if begins <= at && depth == 0 && !c.is_whitespace() && !matches!(c, ',' | '}') {
                found.extend(expand(&group[at..]));
                begins = usize::MAX;
            }
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = at + 1,
                _ => {}
            }
        }
        return found;
    }
    let first = word(text);
    let rest = text[first.len()..].strip_prefix("::").unwrap_or_default();
    let second = word(rest);
    match rest.strip_prefix('{') {
        Some(_) => expand(rest).into_iter().map(|path| [vec![first.clone()], path].concat()).collect(),
        None if second.is_empty() => vec![vec![first]],
        None => vec![vec![first, second]],
    }
}

#[test]
fn paths_are_understood() {
    let module = ["openclaw", "plan", "config"].map(str::to_owned);
    let text =
        "use crate::openclaw::{Error, read::{a, b}};\nuse super::rebase::x;\n// crate::no\nlet y = crate::tui::z();";
    let found: BTreeSet<String> = names(text, &module).iter().filter_map(|path| room(path)).collect();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["openclaw", "openclaw/plan", "openclaw/read", "tui"]);
}

#[test]
fn no_room_leads_back_to_itself() {
    let mut doors: BTreeMap<String, BTreeMap<String, PathBuf>> = BTreeMap::new();
    for (path, text) in sources("src") {
        let module = module(&path);
        let is_test = module.iter().any(|part| part == "tests" || part.ends_with("_tests"));
        let Some(from) = room(&module).filter(|_| !is_test) else { continue };
        for to in names(&text, &module).iter().filter_map(|path| room(path)).filter(|to| *to != from) {
            doors.entry(from.clone()).or_default().entry(to).or_insert_with(|| path.clone());
        }
    }
    assert!(doors.len() > 10, "the rooms were not found: {doors:?}");
    for start in doors.keys() {
        let mut seen = BTreeSet::new();
        let mut ways = vec![(start, Vec::new())];
        while let Some((at, way)) = ways.pop() {
            for (to, file) in doors.get(at).into_iter().flatten() {
                let way = [way.clone(), vec![format!("{} uses {to}", file.display())]].concat();
                assert!(to != start, "{start} leads back to itself:\n{}", way.join("\n"));
                if seen.insert(to) {
                    ways.push((to, way));
                }
            }
        }
    }
}

#[test]
fn no_room_is_a_hall_and_no_file_is_endless() {
    let mut rooms: BTreeMap<String, usize> = BTreeMap::new();
    let mut long = Vec::new();
    let files = sources("src");
    for (path, text) in &files {
        let lines = text.lines().count();
        *rooms.entry(room(&module(path)).unwrap_or_default()).or_default() += lines;
        if lines > LONG && !text.starts_with("//! Long: ") {
            long.push(format!("{}: {lines} lines", path.display()));
        }
    }
    assert!(long.is_empty(), "split these, or give the reason in the first line:\n{}", long.join("\n"));
    let all: usize = rooms.values().sum();
    let halls: Vec<_> = rooms.iter().filter(|(_, lines)| **lines * 5 > all).collect();
    assert!(halls.is_empty(), "more than a fifth of {all} lines: {halls:?}");
}

#[test]
fn every_sentence_is_said_somewhere() {
    let code: String = sources("src").into_iter().map(|(_, text)| text).collect();
    let words: BTreeSet<&str> = code.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let mut unsaid = Vec::new();
    for (path, text) in sources("assets/texts") {
        for line in text.lines().filter(|line| line.starts_with("    ") && !line.starts_with("     ")) {
            let line = line.trim_start();
            let name = line.split([':', '(']).next().unwrap_or_default();
            let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            if is_name && !words.contains(name) {
                unsaid.push(format!("{}: {name}", path.display()));
            }
        }
    }
    assert!(unsaid.is_empty(), "{}", unsaid.join("\n"));
}

/// The doors are the files through which one room looks into another: what they offer says what it is.
#[test]
fn everything_at_a_door_is_described() {
    let is_door = |path: &Path| path.ends_with("mod.rs") || path.components().count() == 2;
    let kinds = ["fn", "async fn", "const fn", "struct", "enum", "trait", "const", "static", "type"];
    let mut bare = Vec::new();
    let mut doors = 0;
    for (path, text) in sources("src").into_iter().filter(|(path, _)| is_door(path)) {
        doors += 1;
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let mut described = false;
        for line in code.lines().map(str::trim_start) {
            let item =
                line.strip_prefix("pub ").filter(|item| kinds.iter().any(|kind| item.starts_with(&format!("{kind} "))));
            if item.is_some() && !described {
                bare.push(format!("{}: {line}", path.display()));
            }
            // Attributes stand between a description and its item.
            described = line.starts_with("///") || (described && line.starts_with("#["));
        }
    }
    assert!(doors > 20, "the doors were not found");
    assert!(bare.is_empty(), "say what these are, in which units, and how they fail:\n{}", bare.join("\n"));
}
