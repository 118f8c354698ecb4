//! The config and the files it includes, merged as OpenClaw merges them, and which file owns which
//! path.

use super::auth_store;
use super::paths::absolute;
use crate::files::bytes::Bytes;
use crate::openclaw::error::{IncludeProblem, Shape};
use crate::openclaw::{Error, value};
use json5_edit::{Document, Edit, Item, Step, display, keys};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::path::{Path, PathBuf};

const INCLUDE: &str = "$include";
const MAX_DEPTH: usize = 10;

/// Reads the bytes of a file; None: there is none.
pub type Reader<'a> = dyn FnMut(&Path) -> Result<Option<Bytes>, Error> + 'a;

/// One file and where its root stands in the merged config.
#[derive(Clone, Debug)]
pub struct Layer {
    pub path: PathBuf,
    pub document: Document,
    mount: Vec<Step>,
}

#[derive(Clone, Debug, Default)]
pub struct MergedConfig {
    /// Weakest first; the config itself is last.
    pub layers: Vec<Layer>,
    /// The merged config; `${…}` as written. There is nothing in the list of Chutes' models: it grows with
    /// the catalog, and is read model by model, see [`MergedConfig::models`].
    pub value: Value,
    /// None: there is no list.
    models: Option<List>,
}

/// `models.providers.chutes.models`.
#[derive(Clone, Debug)]
enum List {
    /// In the only layer.
    InText(Vec<Item>),
    /// Of several layers.
    Merged(Vec<Value>),
}

/// The models that the config lists for Chutes. Each is made when it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Models<'a>(&'a MergedConfig);

impl<'a> Models<'a> {
    pub fn len(self) -> usize {
        match &self.0.models {
            None => 0,
            Some(List::InText(items)) => items.len(),
            Some(List::Merged(values)) => values.len(),
        }
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The model at an index below [`Models::len`].
    pub fn get(self, at: usize) -> Cow<'a, Value> {
        match (&self.0.models, self.0.layers.first()) {
            (Some(List::Merged(values)), _) => Cow::Borrowed(&values[at]),
            (Some(List::InText(items)), Some(layer)) => Cow::Owned(layer.document.read(items[at])),
            _ => Cow::Owned(Value::Null),
        }
    }

    pub fn iter(self) -> impl Iterator<Item = Cow<'a, Value>> {
        (0..self.len()).map(move |at| self.get(at))
    }
}

/// Where the list of Chutes' models stands, given the names of the providers.
fn at_models<'a>(providers: impl IntoIterator<Item = &'a str>) -> Vec<Step> {
    let name = providers.into_iter().find(|name| auth_store::is_provider(name, auth_store::PROVIDER));
    keys(["models", "providers", name.unwrap_or(auth_store::PROVIDER), "models"])
}

impl MergedConfig {
    /// The config at `path` with everything it includes. A missing config is an empty object.
    pub fn read(path: &Path, roots: &[PathBuf], read: &mut Reader<'_>) -> Result<Self, Error> {
        let dir = path.parent().map(Path::to_owned).unwrap_or_default();
        let mut walk = Walk { roots: [vec![dir], roots.to_vec()].concat(), read, layers: Vec::new() };
        let document = match (walk.read)(path)? {
            None => Document::empty(),
            Some(bytes) => parse(path, bytes)?,
        };
        let tree = if document.has_key(INCLUDE) {
            let mut value = walk.document(document, path, &mut Vec::new(), &[path.to_owned()])?;
            let providers = value::at(&value, &["models", "providers"]).and_then(Value::as_object);
            let steps = at_models(providers.into_iter().flatten().map(|(name, _)| name.as_str()));
            let list = value::at_steps_mut(&mut value, &steps).and_then(Value::as_array_mut);
            let models = list.map(|list| List::Merged(std::mem::take(list)));
            Self { layers: walk.layers, value, models }
        } else {
            let providers = document.members(&keys(["models", "providers"]));
            let steps = at_models(providers.iter().map(String::as_str));
            let (value, models) = (document.value_without(&steps), document.items(&steps).map(List::InText));
            Self { layers: vec![Layer { path: path.to_owned(), document, mount: Vec::new() }], value, models }
        };
        if !tree.value.is_object() {
            return Err(Error::WrongShape { path: path.to_owned(), dotted: String::new(), expected: Shape::Object });
        }
        Ok(tree)
    }

    pub fn models(&self) -> Models<'_> {
        Models(self)
    }

    /// The merged config with nothing left out.
    pub fn whole(&self) -> Value {
        let mut whole = self.value.clone();
        let providers = value::at(&whole, &["models", "providers"]).and_then(Value::as_object);
        let steps = at_models(providers.into_iter().flatten().map(|(name, _)| name.as_str()));
        if let Some(list) = value::at_steps_mut(&mut whole, &steps).and_then(Value::as_array_mut) {
            list.extend(self.models().iter().map(Cow::into_owned));
        }
        whole
    }

    /// The file in which the value at a path stands, with line and column, both from 1.
    pub fn place(&self, steps: &[Step]) -> (PathBuf, Option<(usize, usize)>) {
        let found = self.layers.iter().rev().find_map(|layer| {
            let place = layer.document.position(steps.strip_prefix(layer.mount.as_slice())?)?;
            Some((layer.path.clone(), Some(place)))
        });
        found.unwrap_or_else(|| (self.layers.last().map(|layer| layer.path.clone()).unwrap_or_default(), None))
    }

    /// The text of every file that has to change so that the edits are made in the merged config.
    pub fn edit<'v>(&self, edits: Vec<Edit<'v>>) -> Result<Vec<(PathBuf, String)>, Error> {
        let mut per_layer: Vec<Vec<Edit<'v>>> = vec![Vec::new(); self.layers.len()];
        let paths: Vec<&[Step]> = edits.iter().map(Edit::path).collect();
        // Of the only layer nobody asks.
        let asked = if self.layers.len() > 1 { self.layers.as_slice() } else { &[] };
        let mut depths: Vec<_> = asked.iter().map(|layer| layer.depths(&paths).into_iter()).collect();
        for edit in edits {
            let depths: Vec<Option<usize>> = depths.iter_mut().map(|depths| depths.next().flatten()).collect();
            match edit {
                Edit::Set { path, value } => {
                    let owner = self.owner(&path, &depths)?;
                    let path = path[self.layers[owner].mount.len()..].to_vec();
                    per_layer[owner].push(Edit::Set { path, value });
                }
                Edit::Remove { path } => {
                    for (at, (layer, edits)) in self.layers.iter().zip(&mut per_layer).enumerate() {
                        if self.layers.len() == 1 || depths[at] == Some(path.len()) {
                            edits.push(Edit::Remove { path: path[layer.mount.len()..].to_vec() });
                        }
                    }
                }
            }
        }
        let changed = self.layers.iter().zip(&per_layer).filter(|(_, edits)| !edits.is_empty());
        changed
            .map(|(layer, edits)| {
                let text =
                    layer.document.edit(edits).map_err(|error| Error::Edit { path: layer.path.clone(), error })?;
                Ok((layer.path.clone(), text))
            })
            .collect()
    }

    /// The layer that a setting at this path belongs into; `depths` of it in each.
    fn owner(&self, path: &[Step], depths: &[Option<usize>]) -> Result<usize, Error> {
        if self.layers.len() == 1 {
            return Ok(0);
        }
        let deepest = depths.iter().flatten().max().copied().unwrap_or(0);
        let owners: Vec<usize> = (0..depths.len()).filter(|&at| depths[at] == Some(deepest)).collect();
        let strongest = owners.last().copied().unwrap_or(self.layers.len() - 1);
        // Included lists are joined: no single file holds the list as it is.
        if owners.len() > 1 && deepest == path.len() && value::at_steps(&self.value, path).is_some_and(Value::is_array)
        {
            let path_of = self.layers[strongest].path.clone();
            return Err(Error::OwnedByInclude { path: path_of, dotted: display(path) });
        }
        Ok(strongest)
    }
}

impl Layer {
    /// How many steps of each path this file has itself. None: its part of the config is elsewhere.
    /// An object that is nothing but `$include` counts as not being there.
    fn depths(&self, paths: &[&[Step]]) -> Vec<Option<usize>> {
        let inside = paths.iter().map(|path| path.strip_prefix(self.mount.as_slice()));
        let mut depths = self.document.depths(inside.clone().flatten(), INCLUDE).into_iter();
        inside.map(|inside| inside.and_then(|_| Some(self.mount.len() + depths.next()?))).collect()
    }
}

struct Walk<'a, 'b> {
    /// The config's own directory, then what `OPENCLAW_INCLUDE_ROOTS` adds.
    roots: Vec<PathBuf>,
    read: &'a mut Reader<'b>,
    layers: Vec<Layer>,
}

impl Walk<'_, '_> {
    fn document(
        &mut self,
        document: Document,
        path: &Path,
        mount: &mut Vec<Step>,
        chain: &[PathBuf],
    ) -> Result<Value, Error> {
        let merged = self.resolve(document.value(), path, mount, chain)?;
        self.layers.push(Layer { path: path.to_owned(), document, mount: mount.clone() });
        Ok(merged)
    }

    fn resolve(&mut self, own: Value, path: &Path, mount: &mut Vec<Step>, chain: &[PathBuf]) -> Result<Value, Error> {
        match own {
            Value::Array(mut items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    mount.push(Step::Index(index));
                    *item = self.resolve(item.take(), path, mount, chain)?;
                    mount.pop();
                }
                Ok(Value::Array(items))
            }
            Value::Object(mut rest) => {
                let include = rest.shift_remove(INCLUDE);
                for (key, item) in &mut rest {
                    mount.push(Step::Key(key.clone()));
                    *item = self.resolve(item.take(), path, mount, chain)?;
                    mount.pop();
                }
                let Some(include) = include else { return Ok(Value::Object(rest)) };
                let problem = |problem| Error::Include { path: path.to_owned(), include: include.to_string(), problem };
                let included = match &include {
                    Value::String(name) => self.include(name, path, mount, chain)?,
                    Value::Array(names) => {
                        let mut merged = Value::Object(Map::new());
                        for name in names {
                            let name = name.as_str().ok_or_else(|| problem(IncludeProblem::NotText))?;
                            merged = merge(merged, self.include(name, path, mount, chain)?);
                        }
                        merged
                    }
                    _ => return Err(problem(IncludeProblem::NotText)),
                };
                match (rest.is_empty(), included.is_object()) {
                    (true, _) => Ok(included),
                    (false, true) => Ok(merge(included, Value::Object(rest))),
                    (false, false) => Err(problem(IncludeProblem::SiblingsNeedObject)),
                }
            }
            plain => Ok(plain),
        }
    }

    fn include(&mut self, name: &str, from: &Path, mount: &mut Vec<Step>, chain: &[PathBuf]) -> Result<Value, Error> {
        let problem = |problem| Error::Include { path: from.to_owned(), include: name.to_owned(), problem };
        let path = absolute(&from.parent().unwrap_or(Path::new("/")).join(name));
        let inside = |path: &Path, roots: &[PathBuf]| roots.iter().any(|root| path.starts_with(root));
        if !inside(&path, &self.roots) {
            return Err(problem(IncludeProblem::Outside));
        }
        if let Ok(real) = path.canonicalize() {
            let roots: Vec<PathBuf> = self.roots.iter().filter_map(|root| root.canonicalize().ok()).collect();
            if !inside(&real, &roots) {
                return Err(problem(IncludeProblem::Outside));
            }
        }
        if chain.contains(&path) {
            return Err(problem(IncludeProblem::Circular));
        }
        if chain.len() > MAX_DEPTH {
            return Err(problem(IncludeProblem::TooDeep));
        }
        let bytes = (self.read)(&path)?.ok_or_else(|| problem(IncludeProblem::NotFound))?;
        if bytes.len() > 2 << 20 {
            return Err(problem(IncludeProblem::TooLarge));
        }
        let document = parse(&path, bytes)?;
        self.document(document, &path, mount, &[chain, std::slice::from_ref(&path)].concat())
    }
}

/// Lists join, objects merge, anything else is replaced.
fn merge(below: Value, above: Value) -> Value {
    match (below, above) {
        (Value::Array(mut below), Value::Array(above)) => {
            below.extend(above);
            Value::Array(below)
        }
        (Value::Object(mut below), Value::Object(above)) => {
            for (key, value) in above {
                let merged = match below.get_mut(&key).map(Value::take) {
                    Some(under) => merge(under, value),
                    None => value,
                };
                below.insert(key, merged);
            }
            Value::Object(below)
        }
        (_, above) => above,
    }
}

fn parse(path: &Path, bytes: Bytes) -> Result<Document, Error> {
    let text = match bytes {
        Bytes::Text(text) => text,
        Bytes::Other(bytes) => {
            let valid = std::str::from_utf8(&bytes).map_or_else(|error| error.valid_up_to(), str::len);
            let before = String::from_utf8_lossy(bytes.get(..valid).unwrap_or_default());
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            return Err(Error::NotUtf8 { path: path.to_owned(), line: before.matches('\n').count() + 1, column });
        }
    };
    Document::of(text).map_err(|error| Error::Malformed { path: path.to_owned(), error })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tree(files: &[(&str, &str)]) -> Result<MergedConfig, Error> {
        let files: Vec<(PathBuf, Bytes)> =
            files.iter().map(|(name, text)| (Path::new("/c").join(name), text.as_bytes().to_vec().into())).collect();
        let mut read = |path: &Path| Ok(files.iter().find(|(name, _)| name == path).map(|(_, bytes)| bytes.clone()));
        MergedConfig::read(Path::new("/c/openclaw.json"), &[], &mut read)
    }

    fn edited(tree: &MergedConfig, change: impl FnOnce(&mut Value)) -> Vec<(String, Value)> {
        let mut wanted = tree.value.clone();
        change(&mut wanted);
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        let texts = tree.edit(json5_edit::edits(&tree.value, &wanted)).unwrap().into_iter();
        texts.map(|(path, text)| (name(&path), ::json5::from_str(&text).unwrap())).collect()
    }

    #[test]
    fn includes_merge_as_in_openclaw() {
        let tree = tree(&[
            (
                "openclaw.json",
                r#"{"$include": ["./a.json5", "b.json5"], l: [3], o: {y: 2}, m: {$include: "d/m.json5"}}"#,
            ),
            ("a.json5", "{l: [1], o: {x: 1, y: 1}, a: 1}"),
            ("b.json5", "{l: [2], a: 2}"),
            ("d/m.json5", r#"{$include: "./n.json5"}"#),
            ("d/n.json5", "[1]"),
        ]);
        assert_eq!(tree.unwrap().value, json!({"l": [1, 2, 3], "o": {"x": 1, "y": 2}, "a": 2, "m": [1]}));
    }

    #[test]
    fn the_list_of_models_is_read_one_by_one() {
        let list = json!([{"id": "a"}, "odd", {"id": "b", "cost": {"input": 1}}]);
        let config = |models: &Value| json!({"models": {"providers": {"Chutes": {"api": "x", "models": models}}}});
        let text = config(&list).to_string();
        let alone = tree(&[("openclaw.json", &text)]).unwrap();
        let included = tree(&[("openclaw.json", "{$include: './a'}"), ("a", &text)]).unwrap();
        for tree in [alone, included] {
            assert_eq!(tree.value, config(&json!([])));
            assert_eq!(tree.models().iter().map(Cow::into_owned).collect::<Value>(), list);
            assert_eq!(tree.whole(), config(&list));
        }
        // What is no list stays for the one who has to complain.
        let odd = tree(&[("openclaw.json", "{models: {providers: {chutes: {models: {a: 1}}}}}")]).unwrap();
        assert_eq!((odd.whole(), odd.models().len()), (odd.value.clone(), 0));
    }

    #[test]
    fn an_edit_goes_into_the_file_that_owns_the_path() {
        let tree = tree(&[
            ("openclaw.json", r#"{models: {$include: "./m.json5"}, agents: {$include: "./a.json5", list: []}, g: {}}"#),
            ("m.json5", "{mode: 'merge', providers: {}}"),
            ("a.json5", "{defaults: {model: 'x'}}"),
        ])
        .unwrap();
        let providers = edited(&tree, |v| v["models"]["providers"]["chutes"] = json!({"api": "o"}));
        assert_eq!(providers, [("m.json5".into(), json!({"mode": "merge", "providers": {"chutes": {"api": "o"}}}))]);
        let model = edited(&tree, |v| v["agents"]["defaults"]["model"] = json!("y"));
        assert_eq!(model, [("a.json5".into(), json!({"defaults": {"model": "y"}}))]);
        let both = edited(&tree, |v| {
            v["agents"]["list"] = json!([1]);
            v["g"]["h"] = json!(1);
        });
        let root = json!({"models": {"$include": "./m.json5"}, "agents": {"$include": "./a.json5", "list": [1]}, "g": {"h": 1}});
        assert_eq!(both, [("openclaw.json".into(), root)]);
    }

    #[test]
    fn a_list_joined_from_two_files_is_refused() {
        let tree =
            tree(&[("openclaw.json", r#"{m: {$include: "./m.json5", l: [2]}}"#), ("m.json5", "{l: [1]}")]).unwrap();
        let wanted = json!({"m": {"l": [1, 2, 3]}});
        let error = tree.edit(json5_edit::edits(&tree.value, &wanted)).unwrap_err();
        assert_eq!(error, Error::OwnedByInclude { path: "/c/openclaw.json".into(), dotted: "m.l".into() });
    }

    #[test]
    fn what_openclaw_would_not_include_is_an_error() {
        let problem = |files: &[(&str, &str)]| match tree(files) {
            Err(Error::Include { problem, .. }) => problem,
            other => panic!("{other:?}"),
        };
        let root = |text| [("openclaw.json", text)];
        assert_eq!(problem(&root("{$include: '../x'}")), IncludeProblem::Outside);
        assert_eq!(problem(&root("{$include: '/etc/passwd'}")), IncludeProblem::Outside);
        assert_eq!(problem(&root("{$include: './nope'}")), IncludeProblem::NotFound);
        assert_eq!(problem(&root("{$include: 'openclaw.json'}")), IncludeProblem::Circular);
        assert_eq!(problem(&root("{$include: 1}")), IncludeProblem::NotText);
        let list = [("openclaw.json", "{$include: 'l', a: 1}"), ("l", "[]")];
        assert_eq!(problem(&list), IncludeProblem::SiblingsNeedObject);
    }
}
