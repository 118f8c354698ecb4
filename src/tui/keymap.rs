//! Keys as data: one table says which key means what, where, and what the footer and the help call it.

use crate::texts::{Lang, choose, signin, wizard as t};
use crate::wizard::line::LineEdit;
use crate::wizard::protocol::{Action, KeyContext};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// One row of the table.
pub struct Binding {
    pub contexts: Where,
    pub keys: &'static [Key],
    pub action: Action,
    /// What it does, for the help; for the footer too where `footer` is set.
    pub label: fn(Lang) -> &'static str,
    /// In the footer, in table order.
    pub footer: bool,
}

/// In which contexts a binding is in force.
#[derive(Clone, Copy, Debug)]
pub enum Where {
    In(&'static [KeyContext]),
    If(fn(KeyContext) -> bool),
}

impl Where {
    pub fn has(self, context: KeyContext) -> bool {
        match self {
            Where::In(contexts) => contexts.contains(&context),
            Where::If(holds) => holds(context),
        }
    }
}

/// A key press: printable ones without modifiers but Shift, or a chord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Char(char),
    Ctrl(char),
    Alt(char),
    Plain(KeyCode),
    CtrlPlain(KeyCode),
}

use KeyContext as C;

const LISTS: Where = Where::In(&[
    C::Auth,
    C::Models,
    C::ModelsFiltered,
    C::Review,
    C::ReviewOAuth,
    C::ReviewTimer,
    C::ReviewAdminKey,
    C::Done,
    C::DoneForGood,
    C::Doctor,
    C::DoctorMended,
    C::DoctorOver,
    C::Accounts,
    C::AccountsChanged,
    C::AccountsWayOut,
    C::Help,
]);
const MODELS: Where = Where::In(&[C::Models, C::ModelsFiltered]);
const ALIAS: Where = Where::In(&[C::ModelsAlias, C::ModelsAliasTaken]);
const REVIEW: Where = Where::In(&[C::Review, C::ReviewOAuth, C::ReviewTimer, C::ReviewAdminKey]);
const SIGN_IN: Where = Where::In(&[C::SignIn, C::SignInExpired]);
const LINES: Where = Where::If(KeyContext::takes_text);
/// Esc goes back wherever it has no meaning of its own.
const ELSEWHERE: Where = Where::If(|context| !OWN_ESC.contains(&context));
const OWN_ESC: &[KeyContext] = &[
    C::Auth,
    C::SignInBare,
    C::ModelsFilter,
    C::ModelsFiltered,
    C::ModelsAlias,
    C::ModelsAliasTaken,
    C::Done,
    C::DoneForGood,
    C::Trouble,
    C::Help,
];
const EVERYWHERE: Where = Where::If(|_| true);
/// `?` is text while a line is edited; F1 is not.
const NO_LINE: Where = Where::If(|context| !context.takes_text() && context != C::SignInBare);

macro_rules! bind {
    ($contexts:expr, [$($key:expr),+], $action:expr, signin $label:ident) => {
        Binding { contexts: $contexts, keys: &[$($key),+], action: $action, label: signin::$label, footer: false }
    };
    ($contexts:expr, [$($key:expr),+], $action:expr, signin $label:ident, footer) => {
        Binding { contexts: $contexts, keys: &[$($key),+], action: $action, label: signin::$label, footer: true }
    };
    ($contexts:expr, [$($key:expr),+], $action:expr, choose $label:ident) => {
        Binding { contexts: $contexts, keys: &[$($key),+], action: $action, label: choose::$label, footer: false }
    };
    ($contexts:expr, [$($key:expr),+], $action:expr, choose $label:ident, footer) => {
        Binding { contexts: $contexts, keys: &[$($key),+], action: $action, label: choose::$label, footer: true }
    };
    ($contexts:expr, [$($key:expr),+], $action:expr, $label:ident) => {
        Binding { contexts: $contexts, keys: &[$($key),+], action: $action, label: t::$label, footer: false }
    };
    ($contexts:expr, [$($key:expr),+], $action:expr, $label:ident, footer) => {
        Binding { contexts: $contexts, keys: &[$($key),+], action: $action, label: t::$label, footer: true }
    };
}

const ENTER: Key = Key::Plain(KeyCode::Enter);
const ESC: Key = Key::Plain(KeyCode::Esc);
const TAB: Key = Key::Plain(KeyCode::Tab);

/// The table. Order is the order of the footer and the help.
pub const KEYMAP: &[Binding] = &[
    bind!(Where::In(&[C::Auth]), [ENTER], Action::Enter, key_choose, footer),
    bind!(Where::In(&[C::Auth]), [ESC, Key::Char('q')], Action::Back, key_leave),
    bind!(Where::In(&[C::App, C::AppSecret]), [ENTER], Action::Enter, signin key_next, footer),
    bind!(
        Where::In(&[C::App]),
        [TAB, Key::Plain(KeyCode::Down)],
        Action::OtherField,
        signin key_other_field,
        footer
    ),
    bind!(
        Where::In(&[C::App]),
        [Key::Plain(KeyCode::BackTab), Key::Plain(KeyCode::Up)],
        Action::PreviousField,
        signin key_previous_field
    ),
    bind!(Where::In(&[C::SignInTyping]), [ENTER], Action::Enter, key_submit, footer),
    bind!(Where::In(&[C::SignIn]), [ENTER], Action::Enter, key_submit),
    bind!(Where::In(&[C::SignInExpired]), [ENTER], Action::NewLink, signin key_new_link, footer),
    bind!(Where::In(&[C::SignInOver]), [ENTER, Key::Char('r')], Action::NewLink, signin key_new_link, footer),
    bind!(SIGN_IN, [TAB], Action::OtherHost, signin key_other_host, footer),
    bind!(Where::In(&[C::SignInTyping]), [TAB], Action::OtherHost, signin key_other_host),
    bind!(SIGN_IN, [Key::Char('+'), Key::Char('=')], Action::MoreTime, signin key_more_time, footer),
    bind!(SIGN_IN, [Key::Char('c')], Action::CopyLink, signin key_copy),
    bind!(SIGN_IN, [Key::Char('v')], Action::BareLink, signin key_bare),
    bind!(SIGN_IN, [Key::Char('f')], Action::SaveLink, signin key_save),
    bind!(SIGN_IN, [Key::Char('q')], Action::ShowQr, signin key_qr),
    bind!(SIGN_IN, [Key::Char('s')], Action::CopyTunnel, signin key_copy_tunnel),
    bind!(Where::In(&[C::SignInQr]), [Key::Char('q')], Action::ShowQr, signin key_qr_finer, footer),
    bind!(Where::In(&[C::SignInQr]), [Key::Char('f')], Action::SaveLink, signin key_save_qr, footer),
    bind!(Where::In(&[C::SignInBare]), [ENTER, ESC], Action::Back, signin key_any),
    bind!(Where::In(&[C::Key]), [ENTER], Action::Enter, key_submit, footer),
    bind!(Where::In(&[C::DiscoverFailed]), [ENTER], Action::Enter, key_go_on_built_in, footer),
    bind!(Where::In(&[C::DiscoverRefused]), [Key::Char('k')], Action::AnotherKey, key_another_key, footer),
    bind!(Where::In(&[C::DiscoverRefused]), [ENTER], Action::Enter, key_go_on_built_in, footer),
    bind!(Where::In(&[C::DiscoverFailed, C::DiscoverRefused]), [Key::Char('r')], Action::Retry, key_retry, footer),
    bind!(MODELS, [ENTER], Action::Enter, key_make_default, footer),
    bind!(MODELS, [Key::Char('w')], Action::GoOn, key_go_on, footer),
    bind!(MODELS, [Key::Char('d')], Action::GoToDefault, key_go_to_default),
    bind!(MODELS, [TAB], Action::NextUsed, choose key_next_used),
    bind!(MODELS, [Key::Char('y')], Action::TakeProposal, key_take_proposal),
    bind!(MODELS, [Key::Char('Y')], Action::TakeAllProposals, key_take_all),
    bind!(MODELS, [Key::Char('/')], Action::Filter, key_filter, footer),
    bind!(MODELS, [Key::Char('e')], Action::EditAlias, key_edit_alias, footer),
    bind!(MODELS, [Key::Char('f')], Action::Fallback, key_fallback, footer),
    bind!(MODELS, [Key::Char('[')], Action::FallbackEarlier, key_fallback_earlier),
    bind!(MODELS, [Key::Char(']')], Action::FallbackLater, key_fallback_later),
    bind!(MODELS, [Key::Char('i')], Action::Image, key_image, footer),
    bind!(MODELS, [Key::Char(' ')], Action::LeaveOut, key_leave_out, footer),
    bind!(MODELS, [Key::Char('s')], Action::Sort, key_sort, footer),
    bind!(MODELS, [Key::Char('t')], Action::TestCall, key_test, footer),
    bind!(MODELS, [Key::Char('T')], Action::TestAll, choose key_test_all),
    bind!(MODELS, [Key::Char('m')], Action::Mark, choose key_mark),
    bind!(MODELS, [Key::Char('p')], Action::MakePool, choose key_pool),
    bind!(MODELS, [Key::Char('R')], Action::Recommend, choose key_recommend),
    bind!(MODELS, [Key::Char('$')], Action::NextUsage, choose key_usage),
    bind!(
        MODELS,
        [
            Key::Char('1'),
            Key::Char('2'),
            Key::Char('3'),
            Key::Char('4'),
            Key::Char('5'),
            Key::Char('6'),
            Key::Char('7'),
            Key::Char('8'),
            Key::Char('9')
        ],
        Action::SortColumn(0),
        key_sort_column
    ),
    bind!(MODELS, [Key::Char('S')], Action::SortReverse, key_sort_reverse),
    bind!(MODELS, [Key::Char('a')], Action::Reveal, key_reveal),
    bind!(MODELS, [Key::Char('r')], Action::Retry, key_refresh),
    bind!(MODELS, [Key::Char('*')], Action::Favourite, key_favourite),
    bind!(Where::In(&[C::ModelsFilter]), [ENTER], Action::Enter, key_keep_filter, footer),
    bind!(Where::In(&[C::ModelsFilter, C::ModelsFiltered]), [ESC], Action::Back, key_clear_filter, footer),
    bind!(Where::In(&[C::ModelsAlias]), [ENTER], Action::Enter, key_set_alias, footer),
    bind!(Where::In(&[C::ModelsAliasTaken]), [TAB], Action::TakeAliasHere, key_take_alias, footer),
    bind!(ALIAS, [ESC], Action::Back, key_keep_alias, footer),
    bind!(
        Where::In(&[C::ModelsPending]),
        [Key::Char('y'), Key::Char('Y')],
        Action::TakeAllProposals,
        key_take_and_go_on,
        footer
    ),
    bind!(Where::In(&[C::ModelsTestAll]), [ENTER, Key::Char('y')], Action::Enter, choose key_test_them, footer),
    bind!(Where::In(&[C::ModelsPending]), [ENTER, Key::Char('w')], Action::Enter, key_leave_and_go_on, footer),
    bind!(REVIEW, [ENTER], Action::Enter, key_write, footer),
    bind!(Where::In(&[C::ReviewTimer]), [Key::Char('t')], Action::RenewalTimer, signin key_renewal_timer, footer),
    bind!(
        Where::In(&[C::ReviewOAuth, C::ReviewTimer]),
        [Key::Char('s')],
        Action::ClientSecret,
        signin key_client_secret,
        footer
    ),
    bind!(Where::In(&[C::ReviewAdminKey]), [Key::Char('x')], Action::TradeKey, signin key_trade, footer),
    bind!(REVIEW, [Key::Char('r')], Action::Retry, key_check_again),
    bind!(REVIEW, [Key::Char('o')], Action::Unfold, key_unfold, footer),
    bind!(REVIEW, [Key::Char('n')], Action::NextFile, key_next_file, footer),
    bind!(REVIEW, [Key::Char('N')], Action::PreviousFile, key_previous_file),
    bind!(REVIEW, [Key::Plain(KeyCode::Right), Key::Char('l')], Action::ScrollRight, key_scroll_right),
    bind!(REVIEW, [Key::Plain(KeyCode::Left), Key::Char('h')], Action::ScrollLeft, key_scroll_left),
    bind!(REVIEW, [Key::Char('p')], Action::MakePool, choose key_take_pool),
    bind!(Where::In(&[C::ReviewRefused]), [Key::Char('k')], Action::AnotherKey, key_choose_other, footer),
    bind!(Where::In(&[C::ReviewRefused]), [Key::Char('r')], Action::Retry, key_check_again, footer),
    bind!(Where::In(&[C::ReviewRefused]), [Key::Plain(KeyCode::Up)], Action::Up, key_up),
    bind!(Where::In(&[C::ReviewRefused]), [Key::Plain(KeyCode::Down)], Action::Down, key_down),
    bind!(Where::In(&[C::ReviewRefused]), [Key::Plain(KeyCode::PageUp)], Action::PageUp, key_page_up),
    bind!(Where::In(&[C::ReviewRefused]), [Key::Plain(KeyCode::PageDown)], Action::PageDown, key_page_down),
    bind!(Where::In(&[C::Done, C::DoneForGood]), [ENTER, ESC], Action::Enter, key_finish, footer),
    bind!(Where::In(&[C::Done]), [Key::Char('u')], Action::Undo, key_undo, footer),
    bind!(Where::In(&[C::Auth, C::Done, C::DoneForGood]), [Key::Char('d')], Action::Doctor, key_doctor, footer),
    bind!(Where::In(&[C::Doctor]), [ENTER], Action::Enter, key_mend, footer),
    bind!(Where::In(&[C::DoctorMended, C::DoctorOver]), [ENTER], Action::Enter, key_back, footer),
    bind!(Where::In(&[C::DoctorMended]), [Key::Char('u')], Action::Undo, key_undo, footer),
    bind!(
        Where::In(&[C::Doctor, C::DoctorMended, C::DoctorOver]),
        [Key::Char('r')],
        Action::Retry,
        key_look_again,
        footer
    ),
    bind!(Where::In(&[C::Doctor]), [Key::Char('o')], Action::Unfold, key_unfold),
    bind!(Where::In(&[C::Accounts, C::AccountsChanged]), [ENTER], Action::Enter, key_use, footer),
    bind!(Where::In(&[C::Accounts, C::AccountsChanged]), [Key::Char('x')], Action::RemoveAccount, key_remove, footer),
    bind!(Where::In(&[C::Accounts, C::AccountsChanged]), [Key::Char('o')], Action::SignOut, key_sign_out, footer),
    bind!(Where::In(&[C::AccountsWayOut]), [ENTER], Action::Enter, key_sign_out, footer),
    bind!(Where::In(&[C::AccountsLeft, C::AccountsOver]), [ENTER], Action::Enter, key_back, footer),
    bind!(Where::In(&[C::AccountsChanged, C::AccountsLeft]), [Key::Char('u')], Action::Undo, key_undo, footer),
    bind!(Where::In(&[C::Trouble]), [Key::Char('r')], Action::Retry, key_retry, footer),
    bind!(Where::In(&[C::Trouble]), [ESC, ENTER], Action::Back, key_leave, footer),
    bind!(Where::In(&[C::Help]), [ESC, ENTER], Action::Back, key_close_help, footer),
    bind!(LISTS, [Key::Plain(KeyCode::Up), Key::Char('k'), Key::Ctrl('p')], Action::Up, key_up),
    bind!(LISTS, [Key::Plain(KeyCode::Down), Key::Char('j'), Key::Ctrl('n')], Action::Down, key_down),
    bind!(Where::In(&[C::ModelsFilter]), [Key::Plain(KeyCode::Up), Key::Ctrl('p')], Action::Up, key_up),
    bind!(Where::In(&[C::ModelsFilter]), [Key::Plain(KeyCode::Down), Key::Ctrl('n')], Action::Down, key_down),
    bind!(LISTS, [Key::Plain(KeyCode::PageUp), Key::Ctrl('b'), Key::Ctrl('u')], Action::PageUp, key_page_up),
    bind!(LISTS, [Key::Plain(KeyCode::PageDown), Key::Ctrl('f'), Key::Ctrl('d')], Action::PageDown, key_page_down),
    bind!(LISTS, [Key::Plain(KeyCode::Home), Key::Char('g')], Action::First, key_first),
    bind!(LISTS, [Key::Plain(KeyCode::End), Key::Char('G')], Action::Last, key_last),
    bind!(LINES, [Key::Plain(KeyCode::Left), Key::Ctrl('b')], Action::Edit(LineEdit::Left), key_left),
    bind!(LINES, [Key::Plain(KeyCode::Right), Key::Ctrl('f')], Action::Edit(LineEdit::Right), key_right),
    bind!(LINES, [Key::CtrlPlain(KeyCode::Left), Key::Alt('b')], Action::Edit(LineEdit::WordLeft), key_word_left),
    bind!(LINES, [Key::CtrlPlain(KeyCode::Right), Key::Alt('f')], Action::Edit(LineEdit::WordRight), key_word_right),
    bind!(LINES, [Key::Plain(KeyCode::Home), Key::Ctrl('a')], Action::Edit(LineEdit::Start), key_line_start),
    bind!(LINES, [Key::Plain(KeyCode::End), Key::Ctrl('e')], Action::Edit(LineEdit::End), key_line_end),
    bind!(LINES, [Key::Plain(KeyCode::Backspace), Key::Ctrl('h')], Action::Edit(LineEdit::DeleteBack), key_delete_back),
    bind!(
        LINES,
        [Key::Plain(KeyCode::Delete), Key::Ctrl('d')],
        Action::Edit(LineEdit::DeleteForward),
        key_delete_forward
    ),
    bind!(LINES, [Key::Ctrl('w')], Action::Edit(LineEdit::DeleteWordBack), key_delete_word),
    bind!(LINES, [Key::Ctrl('u')], Action::Edit(LineEdit::DeleteToStart), key_delete_to_start),
    bind!(LINES, [Key::Ctrl('k')], Action::Edit(LineEdit::DeleteToEnd), key_delete_to_end),
    bind!(ELSEWHERE, [ESC], Action::Back, key_back, footer),
    bind!(NO_LINE, [Key::Char('?'), Key::Plain(KeyCode::F(1))], Action::Help, key_help, footer),
    bind!(LINES, [Key::Plain(KeyCode::F(1))], Action::Help, key_help, footer),
    bind!(Where::In(&[C::SignInBare]), [Key::Plain(KeyCode::F(1))], Action::Help, key_help),
    bind!(EVERYWHERE, [Key::Ctrl('c')], Action::Quit, key_quit, footer),
];

/// What a key press means in this context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Action(Action),
    Text(char),
    /// Ctrl-Z: stop the job.
    Suspend,
    /// Ctrl-L: draw everything again.
    Redraw,
    Nothing,
}

pub fn meaning(context: KeyContext, event: KeyEvent) -> Meaning {
    let Some(key) = Key::of(event) else { return Meaning::Nothing };
    match key {
        Key::Ctrl('z') => return Meaning::Suspend,
        Key::Ctrl('l') => return Meaning::Redraw,
        _ => {}
    }
    if let Some(binding) = KEYMAP.iter().find(|b| b.contexts.has(context) && b.keys.contains(&key)) {
        let place = binding.keys.iter().position(|other| *other == key).and_then(|place| u8::try_from(place).ok());
        return Meaning::Action(match (binding.action, place) {
            (Action::SortColumn(_), Some(place)) => Action::SortColumn(place),
            (action, _) => action,
        });
    }
    match key {
        Key::Char(c) if context.takes_text() || context.begins_text() => Meaning::Text(c),
        _ => Meaning::Nothing,
    }
}

/// The bindings in force, in table order.
pub fn in_force(context: KeyContext) -> impl Iterator<Item = &'static Binding> {
    KEYMAP.iter().filter(move |binding| binding.contexts.has(context))
}

impl Key {
    fn of(event: KeyEvent) -> Option<Key> {
        let (code, modifiers) = (event.code, event.modifiers);
        let control = modifiers.contains(KeyModifiers::CONTROL);
        let alt = modifiers.contains(KeyModifiers::ALT);
        Some(match code {
            KeyCode::Char(c) if control && !alt => Key::Ctrl(c.to_ascii_lowercase()),
            KeyCode::Char(c) if alt && !control => Key::Alt(c),
            KeyCode::Char(c) if !control && !alt => Key::Char(c),
            KeyCode::Char(_) => return None,
            code if control => Key::CtrlPlain(code),
            code => Key::Plain(code),
        })
    }

    /// How the key is written: `Enter`, `^C`, `PgUp`, `/`.
    pub fn name(self, lang: Lang) -> String {
        match self {
            Key::Char(' ') => t::key_name_space(lang).to_owned(),
            Key::Char(c) => c.to_string(),
            Key::Ctrl(c) => format!("^{}", c.to_ascii_uppercase()),
            Key::Alt(c) => format!("Alt-{c}"),
            Key::CtrlPlain(code) => format!("Ctrl-{}", code_name(code)),
            Key::Plain(code) => code_name(code),
        }
    }
}

fn code_name(code: KeyCode) -> String {
    match code {
        KeyCode::Enter => "Enter".to_owned(),
        KeyCode::Esc => "Esc".to_owned(),
        KeyCode::Tab => "Tab".to_owned(),
        KeyCode::BackTab => "Shift-Tab".to_owned(),
        KeyCode::Up => "Up".to_owned(),
        KeyCode::Down => "Down".to_owned(),
        KeyCode::Left => "Left".to_owned(),
        KeyCode::Right => "Right".to_owned(),
        KeyCode::Home => "Home".to_owned(),
        KeyCode::End => "End".to_owned(),
        KeyCode::PageUp => "PgUp".to_owned(),
        KeyCode::PageDown => "PgDn".to_owned(),
        KeyCode::Backspace => "Backspace".to_owned(),
        KeyCode::Delete => "Del".to_owned(),
        KeyCode::F(n) => format!("F{n}"),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things_in_one_context() {
        for context in KeyContext::ALL.iter().copied() {
            let mut seen: Vec<Key> = Vec::new();
            for binding in in_force(context) {
                for key in binding.keys {
                    assert!(!seen.contains(key), "{context:?} {key:?}");
                    seen.push(*key);
                }
            }
        }
    }

    #[test]
    fn text_fields_take_every_printable_key_as_text() {
        for context in KeyContext::ALL.iter().copied().filter(|c| c.takes_text()) {
            for c in ' '..='~' {
                let event = KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
                assert_eq!(meaning(context, event), Meaning::Text(c), "{context:?} {c:?}");
            }
        }
    }

    #[test]
    fn ctrl_c_and_help_are_everywhere() {
        for context in KeyContext::ALL.iter().copied() {
            let quit = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
            assert_eq!(meaning(context, quit), Meaning::Action(Action::Quit));
            let help = KeyEvent::new(KeyCode::F(1), KeyModifiers::NONE);
            assert_eq!(meaning(context, help), Meaning::Action(Action::Help), "{context:?}");
        }
    }
}
