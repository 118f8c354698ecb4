//! What this program made at Chutes: keys and apps. They stay there when files are undone, so that they are known by
//! name.

use super::State;
use crate::chutes::making::Making;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MadeKind {
    /// An API key that may only call models.
    Key,
    /// An OAuth app.
    App,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    pub kind: MadeKind,
    pub name: String,
    /// Of the key, or the app's client id. None: it was asked for, and nobody heard whether it was made.
    pub id: Option<String>,
    /// Address of the management service.
    pub idp: String,
}

impl State {
    /// Keeps what is known of something that is made. A failure to do so is nobody's trouble.
    pub fn note_making(&self, kind: MadeKind, idp: &str, making: Making<'_>) {
        let known = self.made().read().unwrap_or_default();
        let (Making::Asked { name } | Making::NotMade { name } | Making::Made { name, .. }) = making;
        let mut made: Vec<Made> = known.iter().filter(|made| made.kind != kind || made.name != name).cloned().collect();
        let id = match making {
            Making::NotMade { .. } => None,
            Making::Asked { .. } => Some(None),
            Making::Made { id, .. } => Some(Some(id.to_owned())),
        };
        made.extend(id.map(|id| Made { kind, name: name.to_owned(), id, idp: idp.to_owned() }));
        if made != known {
            let _ = self.made().write(&made);
        }
    }

    /// The key with this id is gone.
    pub fn forget_key(&self, id: &str) {
        let Some(mut made) = self.made().read() else { return };
        made.retain(|made| made.kind != MadeKind::Key || made.id.as_deref() != Some(id));
        let _ = self.made().write(&made);
    }

    /// What was asked for by a run that was cut off: named once, then forgotten.
    pub fn take_unknown(&self) -> Vec<Made> {
        let (unknown, known): (Vec<Made>, Vec<Made>) =
            self.made().read().unwrap_or_default().into_iter().partition(|made| made.id.is_none());
        if !unknown.is_empty() {
            let _ = self.made().write(&known);
        }
        unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_is_known_until_it_is_made_or_not() {
        let dir = tempfile::tempdir().unwrap();
        let state = State::at(dir.path());
        let idp = "https://api.chutes.ai";
        state.note_making(MadeKind::Key, idp, Making::Asked { name: "one" });
        state.note_making(MadeKind::App, idp, Making::Asked { name: "one" });
        state.note_making(MadeKind::App, idp, Making::NotMade { name: "one" });
        state.note_making(MadeKind::Key, idp, Making::Asked { name: "two" });
        state.note_making(MadeKind::Key, idp, Making::Made { name: "two", id: "2" });
        let ids = |made: &[Made]| made.iter().map(|made| (made.name.clone(), made.id.clone())).collect::<Vec<_>>();
        let (one, two) = (("one".to_owned(), None), ("two".to_owned(), Some("2".to_owned())));
        assert_eq!(ids(&state.made().read().unwrap()), [one.clone(), two.clone()]);
        assert_eq!(ids(&state.take_unknown()), [one]);
        assert_eq!(ids(&state.made().read().unwrap()), [two]);
        state.forget_key("2");
        assert_eq!(state.made().read(), Some(Vec::new()));
    }
}
