//! Files and commands that the documents name are there.

use crate::{files, read, root};

const DOCUMENTS: [&str; 5] = ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "README.zh-CN.md", "SECURITY.md"];

fn documents() -> Vec<String> {
    let docs = files("docs").into_iter().map(|path| path.display().to_string());
    DOCUMENTS.into_iter().map(str::to_owned).chain(docs.filter(|path| path.ends_with(".md"))).collect()
}

/// Paths of this repository in a text: between backquotes, from one of its top directories.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let tops = ["src/", "tests/", "crates/", "assets/", "scripts/", "examples/", "packaging/", "docs/", "benches/"];
    let words = text.split(['`', '(', ')', ' ', '\n']).map(|word| word.trim_matches([',', '.', ':', ';']));
    words.filter(move |word| tops.iter().any(|top| word.starts_with(top)) && !word.contains(['*', '<', '…', '{']))
}

#[test]
fn every_file_that_a_document_names_is_there() {
    let mut gone = Vec::new();
    for document in documents() {
        let text = read(&document);
        let missing = paths(&text).filter(|path| !root().join(path).exists());
        gone.extend(missing.map(|path| format!("{document}: {path}")));
        // Links to a place beside the document.
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap_or_default();
            let here = root().join(&document);
            if !file.is_empty() && !file.contains("://") && !here.parent().unwrap().join(file).exists() {
                gone.push(format!("{document}: link to {link}"));
            }
        }
    }
    assert!(gone.is_empty(), "named, and not there:\n{}", gone.join("\n"));
}

/// The ways of an API key, a client id and an alias are told with the names of files.
#[test]
fn the_architecture_follows_three_values_through_the_rooms() {
    let text = read("ARCHITECTURE.md");
    for walk in ["### An API key", "### A client id", "### An alias"] {
        let section = text.split(walk).nth(1).unwrap_or_else(|| panic!("{walk} is missing"));
        let section = section.split("\n#").next().unwrap();
        assert!(paths(section).count() >= 5, "{walk} names too few files");
    }
}

/// Both READMEs tell the same: as many headings, the same commands.
#[test]
fn the_chinese_readme_is_complete() {
    let (english, chinese) = (read("README.md"), read("README.zh-CN.md"));
    let headings = |text: &str| text.lines().filter(|line| line.starts_with("## ") || line.starts_with("### ")).count();
    assert_eq!(headings(&english), headings(&chinese), "headings");
    let commands = |text: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix("$ "));
        lines.map(|line| line.split(" # ").next().unwrap_or_default().trim().to_owned()).collect()
    };
    assert_eq!(commands(&english), commands(&chinese), "commands");
    let tables = |text: &str| text.lines().filter(|line| line.starts_with('|')).count();
    assert_eq!(tables(&english), tables(&chinese), "rows of tables");
}

/// Every example is in the table of the examples.
#[test]
fn every_example_is_listed() {
    let table = read("examples/README.md");
    for entry in std::fs::read_dir(root().join("examples")).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        assert!(name == "README.md" || table.contains(&name), "examples/{name}");
    }
}

/// The forge is named in `Cargo.toml`; whoever repeats it says the same.
#[test]
fn the_repository_is_where_the_manifest_says() {
    let manifest = read("Cargo.toml");
    let line = manifest.lines().find_map(|line| line.strip_prefix("repository = \"")).expect("a repository");
    let repository = line.trim_end_matches('"');
    let examples = files("examples").into_iter().map(|path| path.display().to_string());
    for file in documents().into_iter().chain(["install.sh".to_owned()]).chain(examples) {
        for rest in read(&file).split("https://github.com/").skip(1).filter(|rest| rest.contains("/releases/")) {
            let named = rest.split("/releases").next().unwrap_or_default();
            assert_eq!(format!("https://github.com/{named}"), repository, "{file}");
        }
    }
}

/// The licence that the manifest names is the one that lies here.
#[test]
fn a_licence_is_there_and_is_the_one_that_the_manifest_names() {
    assert!(read("Cargo.toml").contains("license = \"MIT\""));
    assert!(read("LICENSE").starts_with("MIT License\n"));
}

/// The page of codes is complete, and says of each what the program says.
#[test]
fn every_code_is_documented() {
    use openclaw_chutes::commands::codes::{ERRORS, WARNINGS};
    let page = read("docs/json.md");
    let errors = ERRORS.iter().map(|(code, exit, meaning, _)| format!("| `{code}` | {exit} | {meaning} |"));
    let warnings = WARNINGS.iter().map(|(code, meaning, _)| format!("| `{code}` | {meaning} |"));
    let missing: Vec<String> = errors.chain(warnings).filter(|row| !page.contains(row)).collect();
    assert!(missing.is_empty(), "rows that docs/json.md lacks:\n{}", missing.join("\n"));
}
