//! `completions` and `man`, from the grammar.

use super::cli;
use super::codes::{ERRORS, WARNINGS};
use super::error::Error;
use super::report::Report;
use crate::texts::{Lang, cli as text};

pub fn completions(program: &'static str, shell: clap_complete::Shell, lang: Lang) -> Report {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut cli::documented(program, lang), program, &mut out);
    Report::text(String::from_utf8_lossy(&out))
}

/// The manual page in roff, with the tables of codes.
pub fn man(program: &'static str, lang: Lang) -> Result<Report, Error> {
    let mut out = Vec::new();
    clap_mangen::Man::new(cli::documented(program, lang)).render(&mut out).map_err(Error::System)?;
    let mut page = String::from_utf8_lossy(&out).into_owned();
    page.push_str(&section(&text::exit_codes(lang).to_uppercase()));
    for line in text::exit_codes_list(lang).lines() {
        page.push_str(&format!("{}\n.br\n", escape(line)));
    }
    page.push_str(&section("ERROR CODES"));
    for (code, exit, meaning) in ERRORS {
        page.push_str(&format!(".TP\n\\fB{}\\fR ({exit})\n{}\n", escape(code), escape(meaning)));
    }
    page.push_str(&section("WARNING CODES"));
    for (code, meaning) in WARNINGS {
        page.push_str(&format!(".TP\n\\fB{}\\fR\n{}\n", escape(code), escape(meaning)));
    }
    Ok(Report::text(page))
}

fn section(title: &str) -> String {
    format!(".SH \"{title}\"\n")
}

fn escape(line: &str) -> String {
    let line = line.replace('\\', "\\\\").replace('-', "\\-");
    if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line }
}
