//! Small operations on JSON values: reading by path, comparing, and the edits between two values.

use super::json5::{Edit, New, Step};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The value at a path of object keys.
pub fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(*key))
}

/// Hands over every value at a path of object keys, in which `*` is any member or item.
pub fn each<'a>(value: &'a Value, path: &[&str], take: &mut impl FnMut(&'a Value)) {
    match (path, value) {
        ([], _) => take(value),
        (["*", rest @ ..], Value::Object(map)) => map.values().for_each(|value| each(value, rest, take)),
        (["*", rest @ ..], Value::Array(items)) => items.iter().for_each(|value| each(value, rest, take)),
        ([key, rest @ ..], _) => {
            if let Some(value) = value.get(*key) {
                each(value, rest, take);
            }
        }
    }
}

/// The value at a path.
pub fn at_steps<'a>(value: &'a Value, path: &[Step]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get(key.as_str()),
        Step::Index(index) => value.get(*index),
    })
}

/// The value at a path.
pub fn at_steps_mut<'a>(value: &'a mut Value, path: &[Step]) -> Option<&'a mut Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get_mut(key.as_str()),
        Step::Index(index) => value.get_mut(*index),
    })
}

/// The object at a path, created where it or a parent is missing. None: something else is in the way.
pub fn object<'a>(value: &'a mut Value, path: &[&str]) -> Option<&'a mut Map<String, Value>> {
    path.iter()
        .try_fold(value, |value, key| {
            Some(value.as_object_mut()?.entry(*key).or_insert_with(|| Value::Object(Map::new())))
        })?
        .as_object_mut()
}

/// The object at a path, when it is there.
pub fn existing<'a>(value: &'a mut Value, path: &[&str]) -> Option<&'a mut Map<String, Value>> {
    path.iter().try_fold(value, |value, key| value.get_mut(*key))?.as_object_mut()
}

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

/// A copy in which the arrays and objects at these paths have nothing in them.
pub fn without(value: &Value, paths: &[&[&str]]) -> Value {
    match value {
        Value::Array(_) if paths.contains(&&[][..]) => Value::Array(Vec::new()),
        Value::Object(_) if paths.contains(&&[][..]) => Value::Object(Map::new()),
        Value::Object(map) => {
            let copy = |(key, value): (&String, &Value)| {
                let below = paths.iter().filter_map(|path| path.split_first().filter(|(first, _)| *first == key));
                let below: Vec<&[&str]> = below.map(|(_, rest)| rest).collect();
                (key.clone(), if below.is_empty() { value.clone() } else { without(value, &below) })
            };
            Value::Object(map.iter().map(copy).collect())
        }
        other => other.clone(),
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
    use crate::openclaw::json5::keys;
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

    #[test]
    fn a_copy_without_what_is_at_a_path_is_the_rest() {
        let value = json!({"a": {"b": [1, 2], "c": {"d": 1}}, "e": {"b": [3]}});
        let rest = json!({"a": {"b": [], "c": {}}, "e": {"b": [3]}});
        assert_eq!(without(&value, &[&["a", "b"], &["a", "c"], &["x"]]), rest);
        assert_eq!(without(&json!({"a": 1}), &[&["a"], &["a", "b"]]), json!({"a": 1}));
    }
}
