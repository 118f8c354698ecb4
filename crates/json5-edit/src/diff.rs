//! The edits between two values.

use crate::{Edit, New, Step};
use serde_json::Value;
use std::borrow::Cow;

/// Equal as JavaScript sees it: `2` and `2.0` are one number, the order of keys does not matter.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}

/// The edits that turn `old` into `new`: removals, then settings in the order of `new`.
pub fn edits<'v>(old: &Value, new: &'v Value) -> Vec<Edit<'v>> {
    edits_beside(old, new, &[])
}

/// [`edits`], but for what is at or below these paths.
pub fn edits_beside<'v>(old: &Value, new: &'v Value, left_alone: &[&[Step]]) -> Vec<Edit<'v>> {
    let mut found = Vec::new();
    collect(old, new, left_alone, &mut Vec::new(), &mut found);
    found
}

/// [`edits`] of what stands at a path.
pub fn edits_below<'v>(path: &[Step], old: &Value, new: &Value) -> Vec<Edit<'v>> {
    let below = |rest: &[Step]| [path, rest].concat();
    let own = |edit: Edit<'_>| match edit {
        Edit::Set { path, value: New::Value(value) } => {
            Edit::Set { path: below(&path), value: New::Value(Cow::Owned(value.into_owned())) }
        }
        other => Edit::Remove { path: below(other.path()) },
    };
    edits(old, new).into_iter().map(own).collect()
}

fn collect<'v>(old: &Value, new: &'v Value, left_alone: &[&[Step]], path: &mut Vec<Step>, found: &mut Vec<Edit<'v>>) {
    if left_alone.contains(&path.as_slice()) {
        return;
    }
    if let (Value::Object(old), Value::Object(new)) = (old, new) {
        for key in old.keys().filter(|key| !new.contains_key(*key)) {
            path.push(Step::Key(key.clone()));
            found.push(Edit::Remove { path: path.clone() });
            path.pop();
        }
        for (key, value) in new {
            path.push(Step::Key(key.clone()));
            match old.get(key) {
                Some(old) => collect(old, value, left_alone, path, found),
                None => found.push(Edit::Set { path: path.clone(), value: New::Value(Cow::Borrowed(value)) }),
            }
            path.pop();
        }
    } else if !same(old, new) {
        found.push(Edit::Set { path: path.clone(), value: New::Value(Cow::Borrowed(new)) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys;
    use serde_json::json;

    #[test]
    fn edits_are_only_what_differs() {
        let old = json!({"a": {"b": 1, "c": [1, 2]}, "d": 2.0, "e": {"x": {}}});
        let new = json!({"a": {"b": 1, "c": [1, 3], "n": {"m": 1}}, "d": 2, "e": {}});
        let set = |path: &[&str], value: Value| Edit::set(keys(path), value);
        let expected = vec![
            set(&["a", "c"], json!([1, 3])),
            set(&["a", "n"], json!({"m": 1})),
            Edit::Remove { path: keys(["e", "x"]) },
        ];
        assert_eq!(edits(&old, &new), expected);
        assert_eq!(edits(&new, &new), vec![]);
        assert_eq!(edits_beside(&old, &new, &[&keys(["a"])]), [Edit::Remove { path: keys(["e", "x"]) }]);
    }
}
