//! Small operations on JSON values: reading by path, and copies with something left out.

use json5_edit::Step;
use serde_json::{Map, Value};

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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_copy_without_what_is_at_a_path_is_the_rest() {
        let value = json!({"a": {"b": [1, 2], "c": {"d": 1}}, "e": {"b": [3]}});
        let rest = json!({"a": {"b": [], "c": {}}, "e": {"b": [3]}});
        assert_eq!(without(&value, &[&["a", "b"], &["a", "c"], &["x"]]), rest);
        assert_eq!(without(&json!({"a": 1}), &[&["a"], &["a", "b"]]), json!({"a": 1}));
    }
}
