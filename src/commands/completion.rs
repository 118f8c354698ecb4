//! Completion in shells. The script that a shell loads asks this program at every Tab, so that it completes what there
//! is: commands, options, and refs, aliases, pools and config paths as they stand in OpenClaw's files just now.

use super::context::{Context, var};
use super::error::Error;
use super::invocation::Target;
use super::parse::Outline;
use super::report::Report;
use super::{cli, report};
use crate::chutes::bundled;
use crate::openclaw::config_get;
use crate::openclaw::read::current::Current;
use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, ValueCompleter};
use clap_complete::env::{Bash, Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;

/// Set by the scripts: the shell that asks.
const VARIABLE: &str = "OPENCLAW_CHUTES_COMPLETE";
const SHELLS: Shells<'static> = Shells(&[&OurBash, &Zsh, &Fish, &Elvish, &Powershell]);
const ORDERS: [&str; 2] = [":latency", ":throughput"];

/// The script for `shell`, one of those that the grammar lists.
pub fn script(program: &'static str, shell: &str) -> Result<Report, Error> {
    let mut out = Vec::new();
    if let Some(shell) = SHELLS.completer(shell) {
        shell.write_registration(VARIABLE, program, program, program, &mut out).map_err(Error::System)?;
    }
    Ok(Report::text(String::from_utf8_lossy(&out)))
}

/// Answers a shell that asks for completions. None when none does. Called before anything else is started.
pub fn answer(args: &[OsString], outline: Outline) -> Option<u8> {
    let shell = var(VARIABLE).filter(|shell| !shell.is_empty())?;
    let shell = SHELLS.completer(&shell)?;
    let words: Vec<OsString> = args.iter().skip_while(|word| *word != "--").skip(1).cloned().collect();
    let mut grammar = with_values(cli::documented(outline.program, outline.lang), outline);
    grammar.build();
    let mut out = Vec::new();
    let here = std::env::current_dir().ok();
    // A shell has no place for a message: what cannot be completed is nothing to complete.
    let _ = shell.write_complete(&mut grammar, words, here.as_deref(), &mut out);
    let _ = report::stdout(&String::from_utf8_lossy(&out));
    Some(0)
}

/// The grammar, with completers of values wherever its value names stand for something that can be looked up.
fn with_values(command: Command, outline: Outline) -> Command {
    let in_pools = command.get_name() == "pools";
    let completed = |arg: Arg| {
        let kind = match arg.get_value_names().and_then(|names| names.first()).map(|name| name.as_str()) {
            Some("REF") => Kind::Ref,
            Some("ALIAS") => Kind::Alias,
            Some("NAME=REF") => Kind::AliasAndRef,
            Some("LIST") => Kind::List,
            Some("PATH") if arg.is_positional() => Kind::Path,
            _ => return arg,
        };
        arg.add(ArgValueCompleter::new(Values { kind, outline }))
    };
    let command = command.mut_args(completed);
    command.mut_subcommands(|sub| {
        let sub = with_values(sub, outline);
        match in_pools && sub.get_name() == "remove" {
            true => sub.mut_arg("name", |arg| arg.add(ArgValueCompleter::new(Values { kind: Kind::Pool, outline }))),
            false => sub,
        }
    })
}

#[derive(Clone, Copy)]
enum Kind {
    Ref,
    Alias,
    /// `NAME=REF`.
    AliasAndRef,
    /// Refs with commas between.
    List,
    /// The alias of a pool.
    Pool,
    /// A path in the config.
    Path,
}

struct Values {
    kind: Kind,
    outline: Outline,
}

impl ValueCompleter for Values {
    fn complete(&self, typed: &OsStr) -> Vec<CompletionCandidate> {
        let Some(typed) = typed.to_str() else { return Vec::new() };
        let mut found = match self.kind {
            Kind::Path => self.paths(typed),
            _ => self.names(typed),
        };
        found.retain(|value, _| value.starts_with(typed));
        let candidate = |(value, help): (String, String)| {
            let help = (!help.is_empty()).then(|| crate::clean::line(&help).into());
            CompletionCandidate::new(value).help(help)
        };
        // A terminal shows them and a shell inserts them: nothing that could be more than text to either.
        let harmless = |value: &str| value.chars().all(|c| !c.is_control() && !c.is_whitespace());
        found.into_iter().filter(|(value, _)| harmless(value)).map(candidate).collect()
    }
}

impl Values {
    fn context(&self) -> Context {
        let Outline { program, lang, .. } = self.outline;
        Context { program, lang, plain: false, target: Target::default() }
    }

    /// Refs, aliases and pools, each with a few words about it.
    fn names(&self, typed: &str) -> BTreeMap<String, String> {
        let context = self.context();
        let current = context.read().map(|(_, _, current)| current).unwrap_or_default();
        let mut found = BTreeMap::new();
        let aliases = || current.configured.aliases.iter().map(|alias| (alias.name.clone(), alias.target.clone()));
        let is_pool = |target: &str| target.contains(',');
        match self.kind {
            Kind::Ref => {
                found.extend(refs(&context, &current));
                found.extend(aliases());
                // After a comma, another member of a pool; after a whole last one, an order.
                if let Some((members, _)) = typed.rsplit_once(',') {
                    let pool = typed.split_once(':').map_or(typed, |(pool, _)| pool);
                    let known: Vec<_> = refs(&context, &current)
                        .map(|(value, help)| (format!("{members},{}", value.trim_start_matches("chutes/")), help))
                        .collect();
                    if known.iter().any(|(value, _)| value == pool) || pool != typed {
                        found.extend(ORDERS.map(|order| (format!("{pool}{order}"), String::new())));
                    }
                    found.extend(known);
                }
            }
            Kind::Alias => found.extend(aliases()),
            Kind::Pool => found.extend(aliases().filter(|(_, target)| is_pool(target))),
            Kind::AliasAndRef => match typed.split_once('=') {
                Some((name, _)) => {
                    found.extend(refs(&context, &current).map(|(value, help)| (format!("{name}={value}"), help)));
                }
                None => found.extend(aliases().map(|(name, target)| (format!("{name}="), target))),
            },
            Kind::List => {
                let head = typed.rsplit_once(',').map_or(String::new(), |(head, _)| format!("{head},"));
                found.extend(refs(&context, &current).map(|(value, help)| (format!("{head}{value}"), help)));
                if head.is_empty() {
                    found.extend(["all", "recommended"].map(|word| (word.to_owned(), String::new())));
                }
            }
            Kind::Path => {}
        }
        found
    }

    /// The members of the object or list that `typed` has got to.
    fn paths(&self, typed: &str) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let Ok((_, snapshot, _)) = self.context().read() else { return found };
        let parent = typed.rfind(['.', '[']).map_or("", |end| &typed[..end]);
        let value = match parent {
            "" => snapshot.tree.whole(),
            _ => config_get::get(&snapshot, parent, var).unwrap_or_default(),
        };
        let shape = |value: &Value| match value {
            Value::Object(members) => format!("{{{}}}", members.len()),
            Value::Array(items) => format!("[{}]", items.len()),
            _ => String::new(),
        };
        match &value {
            Value::Object(members) => {
                for (key, value) in members {
                    let plain =
                        !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$'));
                    let path = match (plain, parent) {
                        (true, "") => key.clone(),
                        (true, _) => format!("{parent}.{key}"),
                        (false, _) => format!("{parent}[{}]", Value::from(key.as_str())),
                    };
                    found.insert(path, shape(value));
                }
            }
            Value::Array(items) => {
                found.extend(items.iter().enumerate().map(|(at, item)| (format!("{parent}[{at}]"), shape(item))));
            }
            _ => {}
        }
        found
    }
}

/// What is registered, chosen or listed, pools among it.
fn refs(context: &Context, current: &Current) -> impl Iterator<Item = (String, String)> + use<> {
    let listed = context.state().catalog().unwrap_or_else(bundled::catalog);
    let configured = &current.configured;
    let named = (configured.primary.iter().chain(&configured.fallbacks).chain(&configured.image))
        .chain(configured.aliases.iter().map(|alias| &alias.target))
        .chain(configured.allowed.iter().flatten().filter(|key| !key.ends_with("/*")));
    let mut refs: BTreeMap<String, String> = named.map(|value| (value.clone(), String::new())).collect();
    refs.extend(configured.registered.iter().map(|id| (crate::chutes::model::reference(id), String::new())));
    refs.extend(listed.models.iter().map(|model| (model.reference(), String::new())));
    refs.into_iter()
}

/// The library's script for Bash takes the words as Bash cuts them, which is at every `:` and `=` too; refs, pools and
/// `NAME=REF` contain both. This one puts them together again.
struct OurBash;

impl EnvCompleter for OurBash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn is(&self, name: &str) -> bool {
        name == "bash"
    }

    fn write_registration(
        &self,
        variable: &str,
        _name: &str,
        program: &str,
        completer: &str,
        out: &mut dyn Write,
    ) -> std::io::Result<()> {
        let function = program.replace('-', "_");
        write!(
            out,
            r#"_{function}() {{
    local rest="${{COMP_LINE:0:COMP_POINT}}" words=() i word before typed reply IFS=$'\n'
    COMPREPLY=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word="${{COMP_WORDS[i]}}"
        # What lies before this word, up to the cursor for the last one: nothing where Bash cut a word in two.
        if ((i == COMP_CWORD)); then
            word="${{rest#"${{rest%%[![:space:]]*}}"}}"
        fi
        before="${{rest%%"$word"*}}"
        rest="${{rest#*"$word"}}"
        if ((i > 0)) && [[ -z "$before" && -n "$word" ]]; then
            words[${{#words[@]}} - 1]+="$word"
        else
            words+=("$word")
        fi
    done
    word="${{words[${{#words[@]}} - 1]}}"
    # Bash replaces only what follows the last place where it cut.
    typed=""
    [[ "$COMP_WORDBREAKS" == *:* && "$word" == *:* ]] && typed="${{word%"${{word##*:}}"}}"
    [[ "$COMP_WORDBREAKS" == *=* && "${{word#"$typed"}}" == *=* ]] && typed="${{word%"${{word##*=}}"}}"
    while read -r reply || [[ -n "$reply" ]]; do
        COMPREPLY+=("${{reply#"$typed"}}")
    done < <({variable}=bash _CLAP_COMPLETE_INDEX=$((${{#words[@]}} - 1)) "{completer}" -- "${{words[@]}}" 2>/dev/null)
    # A word that goes on takes no blank after it.
    [[ ${{#COMPREPLY[@]}} -eq 1 && "${{COMPREPLY[0]}}" == *[=/:] ]] && compopt -o nospace 2>/dev/null
    return 0
}}
complete -o bashdefault -F _{function} {program}
"#
        )
    }

    fn write_complete(
        &self,
        grammar: &mut Command,
        words: Vec<OsString>,
        here: Option<&Path>,
        out: &mut dyn Write,
    ) -> std::io::Result<()> {
        Bash.write_complete(grammar, words, here, out)
    }
}
