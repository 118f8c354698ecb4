//! Help pages, laid out for 80 columns in either language. clap's own are English inside.

use crate::texts::{Lang, cli as text};
use clap::{Arg, ArgAction, Command};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns of a help page.
const WIDTH: usize = 80;
/// Column where descriptions begin; a longer option puts its description on the next line.
const DESCRIPTION: usize = 30;

/// Replace the help of `root` and of everything below it.
pub fn render_all(root: Command, lang: Lang) -> Command {
    let globals: Vec<Arg> = root.get_arguments().filter(|arg| arg.is_global_set()).cloned().collect();
    let path = root.get_name().to_owned();
    render(root, &path, &globals, lang)
}

fn render(command: Command, path: &str, globals: &[Arg], lang: Lang) -> Command {
    let page = page(&command, path, globals, lang);
    command
        .mut_subcommands(|sub| {
            let path = format!("{path} {}", sub.get_name());
            render(sub, &path, globals, lang)
        })
        .override_help(page)
}

fn page(command: &Command, path: &str, globals: &[Arg], lang: Lang) -> String {
    let mut out = String::new();
    for line in wrap(&command.get_about().map(ToString::to_string).unwrap_or_default(), WIDTH) {
        out.push_str(&line);
        out.push('\n');
    }
    out.push_str(&format!("\n{} {}\n", text::usage(lang), usage(command, path, lang)));

    let rows: Vec<_> = command
        .get_subcommands()
        .map(|sub| (sub.get_name().to_owned(), sub.get_about().map(ToString::to_string).unwrap_or_default()))
        .collect();
    section(&mut out, text::commands(lang), &rows);
    for (heading, rows) in sections(command, lang) {
        section(&mut out, heading, &rows);
    }
    section(&mut out, text::global_options(lang), &everywhere(command, globals, lang));
    if let Some(after) = command.get_after_help() {
        out.push_str(&format!("\n{after}\n"));
    }
    // clap ends the page with a line break of its own.
    out.trim_end().to_owned()
}

/// What is typed, and what it does.
pub type Row = (String, String);

/// The arguments and options of one command under their headings, those of every command left out.
pub fn sections(command: &Command, lang: Lang) -> Vec<(&str, Vec<Row>)> {
    let own = |arg: &&Arg| !arg.is_hide_set() && !arg.is_global_set();
    let rows: Vec<_> = command.get_positionals().filter(own).map(row).collect();
    let mut sections = vec![(text::arguments(lang), rows)];
    for arg in command.get_arguments().filter(|arg| !arg.is_positional()).filter(own) {
        let heading = arg.get_help_heading().unwrap_or(text::options(lang));
        if heading == text::global_options(lang) {
            continue;
        }
        match sections.iter_mut().find(|(known, _)| *known == heading) {
            Some((_, rows)) => rows.push(row(arg)),
            None => sections.push((heading, vec![row(arg)])),
        }
    }
    sections.retain(|(_, rows)| !rows.is_empty());
    sections
}

/// The options of every command, as `command` has them.
pub fn everywhere(command: &Command, globals: &[Arg], lang: Lang) -> Vec<Row> {
    let own = command.get_arguments().filter(|arg| !arg.is_positional() && !arg.is_hide_set() && !arg.is_global_set());
    globals
        .iter()
        .filter(|global| !command.get_arguments().any(|arg| arg.get_id() == global.get_id() && !arg.is_global_set()))
        .chain(own.filter(|arg| arg.get_help_heading() == Some(text::global_options(lang))))
        .map(row)
        .collect()
}

/// How a command is called: `openclaw-chutes models set <REF> [options]`.
pub fn usage(command: &Command, path: &str, lang: Lang) -> String {
    let mut parts = vec![path.to_owned()];
    if command.has_subcommands() {
        let word = if command.is_subcommand_required_set() {
            text::usage_command(lang)
        } else {
            text::usage_optional_command(lang)
        };
        parts.push(word.to_owned());
    }
    parts.extend(command.get_positionals().map(|arg| match arg.is_required_set() {
        true => format!("<{}>", value_name(arg)),
        false => format!("[{}]", value_name(arg)),
    }));
    parts.push(text::usage_options(lang).to_owned());
    parts.join(" ")
}

fn value_name(arg: &Arg) -> String {
    arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default()
}

fn row(arg: &Arg) -> (String, String) {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let Some(long) = arg.get_long() else {
        return (format!("<{}>", value_name(arg)), help);
    };
    let short = arg.get_short().map(|c| format!("-{c}, ")).unwrap_or_default();
    let takes_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    let value = if takes_value { format!(" <{}>", value_name(arg)) } else { String::new() };
    (format!("{short}--{long}{value}"), help)
}

fn section(out: &mut String, heading: &str, rows: &[Row]) {
    if rows.is_empty() {
        return;
    }
    out.push_str(&format!("\n{heading}\n"));
    for (typed, help) in rows {
        let mut line = format!("  {typed}");
        if line.width() + 2 > DESCRIPTION {
            out.push_str(&line);
            out.push('\n');
            line.clear();
        }
        for (at, part) in wrap(help, WIDTH - DESCRIPTION).iter().enumerate() {
            let lead = if at == 0 { std::mem::take(&mut line) } else { String::new() };
            let pad = DESCRIPTION.saturating_sub(lead.width());
            out.push_str(&format!("{lead}{:pad$}{part}\n", ""));
        }
    }
}

/// Lines of at most `width` columns, broken at spaces and between wide characters.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let wide = first.width().unwrap_or(0) > 1;
        let end = match wide {
            // Closing punctuation never begins a line.
            true => rest
                .char_indices()
                .skip(1)
                .find(|(_, c)| !"，。；：、？）".contains(*c))
                .map_or(rest.len(), |(at, _)| at),
            false => rest
                .char_indices()
                .find(|(at, c)| (*at > 0 && *c == ' ') || c.width().unwrap_or(0) > 1)
                .map_or(rest.len(), |(at, _)| at),
        };
        let (piece, after) = rest.split_at(end);
        rest = after;
        let line = lines.last().map(|line| line.width()).unwrap_or_default();
        if line > 0 && line + piece.trim_end().width() > width {
            lines.push(piece.trim_start().to_owned());
        } else if let Some(line) = lines.last_mut() {
            line.push_str(piece);
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::wrap;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn lines_break_at_spaces_and_between_wide_characters() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert!(wrap("标准输出只有一个 JSON 文档,其余都在标准错误", 20).iter().all(|line| line.width() <= 20));
        assert_eq!(wrap("", 8), [""]);
    }
}
