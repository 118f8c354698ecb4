//! Chinese texts: one word for one meaning, and the punctuation of Chinese. The words are in
//! `assets/texts/glossary.txt`.

use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Every string of the program's texts that holds Chinese, with where it is.
fn texts() -> Vec<(String, String)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(root().join("assets/texts"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.push(root().join("src/commands/codes.rs"));
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        for (at, line) in source.lines().enumerate() {
            for text in line.split('"').skip(1).step_by(2).filter(|text| text.contains(is_chinese)) {
                let name = file.strip_prefix(root()).unwrap().display();
                texts.push((format!("{name}:{}", at + 1), text.to_owned()));
            }
        }
    }
    assert!(texts.len() > 900, "{} texts", texts.len());
    texts
}

#[test]
fn one_word_stands_for_one_meaning() {
    let glossary = std::fs::read_to_string(root().join("assets/texts/glossary.txt")).unwrap();
    let readme = std::fs::read_to_string(root().join("README.zh-CN.md")).unwrap();
    let mut wrong = Vec::new();
    let mut rows = 0;
    for row in glossary.lines().filter(|row| !row.starts_with('#')) {
        let [meaning, right, never] = row.split('|').map(str::trim).collect::<Vec<_>>()[..] else { panic!("{row}") };
        rows += 1;
        assert!(texts().iter().any(|(_, text)| text.contains(right)), "{right} ({meaning}) stands nowhere");
        for word in never.split(',').map(str::trim) {
            let hits = texts().into_iter().filter(|(_, text)| text.contains(word));
            wrong.extend(hits.map(|(place, text)| format!("{place}: {word}, not {right}: {text}")));
            let lines = readme.lines().filter(|line| line.contains(is_chinese) && line.contains(word));
            wrong.extend(lines.map(|line| format!("README.zh-CN.md: {word}, not {right}: {line}")));
        }
    }
    assert!(rows > 10 && wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Half-width punctuation stands only where something is to be typed.
#[test]
fn chinese_sentences_have_chinese_punctuation() {
    let mut wrong = Vec::new();
    for (place, text) in texts() {
        let signs: Vec<char> = text.chars().collect();
        for (at, c) in signs.iter().enumerate().filter(|(_, c)| ",;:?!()".contains(**c)) {
            let before = at.checked_sub(1).map(|at| signs[at]);
            let after = signs.get(at + 1).copied();
            let beside = |c: Option<char>| c.is_some_and(|c| is_chinese(c) || "）”》".contains(c));
            if beside(before) || beside(after) {
                wrong.push(format!("{place}: {c} in {text}"));
            }
        }
        // One sentence does not end in two ways.
        if text.contains("。.") || text.contains("，,") || text.contains("。。") {
            wrong.push(format!("{place}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// No pattern of braille dots, which a braille display would show as what it is not.
#[test]
fn no_braille_pattern_is_drawn() {
    let braille = |text: &str| text.chars().any(|c| ('\u{2800}'..='\u{28ff}').contains(&c));
    let mut files = vec![root().join("src/tui/theme.rs")];
    for folder in ["assets/texts", "src/tui/view", "src/tui/view/models"] {
        files.extend(std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()));
    }
    for file in files.iter().filter(|path| path.is_file()) {
        assert!(!braille(&std::fs::read_to_string(file).unwrap()), "{}", file.display());
    }
}
