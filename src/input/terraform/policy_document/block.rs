//! `statement` blocks.

use super::{Statement, descending, entry, in_error, object, text_of, tuple, wrong};
use crate::input::terraform::alternative::{self, undecided};
use crate::input::terraform::eval::told;
use crate::input::terraform::piece;
use crate::source::{Problem, Span};
use crate::value::{Branch, Entry, Kind, List, Name, Text, Unknown, Value};

/// Reads `statement` blocks for one document.
pub(super) struct Reader<'a> {
    /// Whether the document's version is `2008-10-17`, which knows no variables.
    pub old: bool,
    /// Mistakes found.
    pub problems: &'a mut Vec<Problem>,
}

/// The attributes of a statement that are sets of texts, and the elements that they become.
const SETS: [(&str, &str, bool); 4] = [
    ("actions", "Action", false),
    ("not_actions", "NotAction", false),
    ("resources", "Resource", true),
    ("not_resources", "NotResource", true),
];

impl Reader<'_> {
    /// One block. An undecided block is undecided in the document too.
    pub(super) fn statement(&mut self, block: &Value) -> Statement {
        match &block.kind {
            Kind::OneOf(branches) => {
                let branches: Vec<Branch> = branches
                    .iter()
                    .map(|branch| Branch {
                        when: branch.when.clone(),
                        value: self.statement(&branch.value).value,
                    })
                    .collect();
                let value = Value { secret: block.secret, ..alternative::joined(branches, block.span) };
                Statement { sid: sid_of(block), value }
            }
            Kind::Map(_) => self.decided(block),
            _ => Statement { sid: sid_of(block), value: block.clone() },
        }
    }

    fn decided(&mut self, block: &Value) -> Statement {
        let sid = sid_of(block);
        // An attribute that is absent in one case and stands in another changes the shape of the statement.
        let names = SETS.map(|(attribute, _, _)| attribute);
        let absent = |value: &Value| {
            value.is_null()
                || value.as_list().is_some_and(|list| list.items.is_empty() && list.open.is_none())
        };
        let shifting = |value: &Value| match &value.kind {
            Kind::OneOf(branches) => branches.iter().any(|branch| absent(&branch.value)),
            _ => false,
        };
        let shifts: Vec<&str> =
            names.into_iter().filter(|name| block.get(name).is_some_and(shifting)).collect();
        let operands: Vec<Value> = shifts.iter().filter_map(|name| block.get(name)).cloned().collect();
        let cases = alternative::each(&operands, block.span, |values| {
            let mut block = block.clone();
            for (name, value) in shifts.iter().zip(values) {
                block = replaced(&block, name, value);
            }
            Ok(self.elements(&block))
        });
        let value = match cases {
            Some(Ok(value)) => value,
            _ => self.elements(block),
        };
        Statement { sid, value }
    }

    fn elements(&mut self, block: &Value) -> Value {
        let mut entries = Vec::new();
        if let Some((sid, span)) =
            given(block, "sid").map(|(value, span)| (text_of(value, self.problems), span))
            && !sid.as_text().is_some_and(Text::is_empty)
        {
            entries.push(entry("Sid", span, sid));
        }
        entries.push(self.effect(block));
        for (attribute, element, variables) in SETS {
            if let Some((value, span)) = given(block, attribute) {
                entries.extend(self.set(value, element, variables).map(|value| entry(element, span, value)));
            }
        }
        for (attribute, element) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
            if let Some((value, span)) = given(block, attribute) {
                entries.extend(self.principals(value, attribute).map(|value| entry(element, span, value)));
            }
        }
        if let Some((value, span)) = given(block, "condition") {
            entries.extend(self.conditions(value).map(|value| entry("Condition", span, value)));
        }
        object(entries, block.as_map().and_then(|map| map.open.clone()), block)
    }

    fn effect(&mut self, block: &Value) -> Entry {
        let Some((value, span)) = given(block, "effect") else {
            return entry("Effect", block.span, Value::text(Text::made("Allow", block.span), block.span));
        };
        let value = text_of(value, self.problems);
        if let Some(known) = value.as_text().and_then(Text::known)
            && !matches!(known.as_str(), "Allow" | "Deny")
        {
            let problem = wrong(value.span, format!("`effect` must be `Allow` or `Deny`, not `{known}`"));
            self.problems.push(problem);
        }
        entry("Effect", span, value)
    }

    /// A set of texts as it is printed: nothing for none, one alone, more in descending order.
    fn set(&mut self, value: &Value, element: &str, variables: bool) -> Option<Value> {
        match &value.kind {
            Kind::OneOf(branches) => Some(self.branches(value, branches, |reader, branch| {
                reader.set(branch, element, variables).unwrap_or_else(|| tuple(Vec::new(), None, branch))
            })),
            Kind::List(list) => {
                let mut items = self.texts(list);
                distinct(&mut items);
                descending(&mut items);
                if variables {
                    items = items.iter().map(|item| self.with_variables(item, element)).collect();
                }
                if items.is_empty() && list.open.is_none() {
                    None
                } else {
                    Some(alone(items, list.open.clone(), value))
                }
            }
            Kind::Unknown(_) => Some(value.clone()),
            _ => {
                let problem = wrong(value.span, format!("`{element}` needs a list of texts"));
                let unknown = in_error(&problem, value);
                self.problems.push(problem);
                Some(unknown)
            }
        }
    }

    fn branches(
        &mut self,
        value: &Value,
        branches: &[Branch],
        mut change: impl FnMut(&mut Self, &Value) -> Value,
    ) -> Value {
        let mut changed = Vec::new();
        for branch in branches {
            changed.push(Branch { when: branch.when.clone(), value: change(self, &branch.value) });
        }
        Value { trail: value.trail.clone(), secret: value.secret, ..alternative::joined(changed, value.span) }
    }

    /// The elements as texts. Null is refused (SDK: "Null value found in list").
    fn texts(&mut self, list: &List) -> Vec<Value> {
        let mut items = Vec::new();
        for item in &list.items {
            if item.is_null() {
                let problem = wrong(item.span, "a null stands in this list, which the provider refuses");
                let way = told(&item.trail).into_iter();
                self.problems.push(way.fold(problem, |problem, (span, fact)| problem.label(span, fact)));
            } else {
                items.push(text_of(item, self.problems));
            }
        }
        items
    }

    /// `&{` becomes `${`, which Terraform would take for itself.
    fn with_variables(&mut self, value: &Value, element: &str) -> Value {
        let Kind::Text(text) = &value.kind else { return value.clone() };
        if !text.known_parts().contains("&{") {
            return value.clone();
        }
        if self.old {
            let message = format!("found `&{{` in {element}: version `2008-10-17` knows no policy variables");
            self.problems.push(wrong(value.span, message));
        }
        let text = piece::edit(text, |characters| {
            characters.match_indices("&{").map(|(at, _)| (at..at + 2, "${".to_owned())).collect()
        });
        Value { kind: Kind::Text(text), ..value.clone() }
    }

    fn principals(&mut self, value: &Value, attribute: &str) -> Option<Value> {
        let (blocks, open) = match listed(value) {
            Ok(both) => both,
            Err(unknown) => return Some(Value { kind: Kind::Unknown(unknown), ..value.clone() }),
        };
        let mut read = Vec::new();
        for block in &blocks {
            let kind = self.required(block, "type", attribute);
            let identifiers = self.identifiers(block, attribute);
            read.push(Principals { hash: hash_of_principals(&kind, &identifiers), kind, identifiers });
        }
        in_set_order(&mut read, |principals| principals.hash.as_deref());
        match (read.as_slice(), &open) {
            ([], None) => return None,
            ([], Some(unknown)) => {
                return Some(Value { kind: Kind::Unknown(unknown.clone()), ..value.clone() });
            }
            ([only], None) if is(&only.kind, "*") && is_one(&only.identifiers, "*") => {
                return only.identifiers.as_list().and_then(|list| list.items.first()).cloned();
            }
            _ => {}
        }
        let mut groups: Vec<(Entry, usize)> = Vec::new();
        for principals in read {
            add_group(&mut groups, principals);
        }
        let mut entries: Vec<Entry> =
            groups.into_iter().map(|(entry, blocks)| singled(entry, blocks)).collect();
        entries.sort_by_key(|entry| entry.name.text.known_parts());
        Some(object(entries, open, value))
    }

    fn required(&mut self, block: &Value, name: &str, kind: &str) -> Value {
        if let Some((value, _)) = given(block, name) {
            return text_of(value, self.problems);
        }
        let problem = wrong(block.span, format!("the `{kind}` block has no `{name}`"));
        let unknown = in_error(&problem, block);
        self.problems.push(problem);
        unknown
    }

    /// The identifiers as a tuple in descending order, or undecided, or unknown.
    fn identifiers(&mut self, block: &Value, attribute: &str) -> Value {
        let Some((value, _)) = given(block, "identifiers") else {
            return self.required(block, "identifiers", attribute);
        };
        self.identifier_list(value)
    }

    fn identifier_list(&mut self, value: &Value) -> Value {
        match &value.kind {
            Kind::OneOf(branches) => self.branches(value, branches, Self::identifier_list),
            Kind::List(list) => {
                let mut items = self.texts(list);
                distinct(&mut items);
                let mut items: Vec<Value> =
                    items.iter().map(|item| self.with_variables(item, "identifiers")).collect();
                descending(&mut items);
                tuple(items, list.open.clone(), value)
            }
            _ => value.clone(),
        }
    }

    fn conditions(&mut self, value: &Value) -> Option<Value> {
        let (blocks, open) = match listed(value) {
            Ok(both) => both,
            Err(unknown) => return Some(Value { kind: Kind::Unknown(unknown), ..value.clone() }),
        };
        if blocks.is_empty() && open.is_none() {
            return None;
        }
        let mut read = Vec::new();
        for block in &blocks {
            let test = self.required(block, "test", "condition");
            let variable = self.required(block, "variable", "condition");
            let values = self.values(block);
            read.push(Test {
                hash: hash_of_condition(&test, &variable, &values),
                operator: test,
                variable,
                values,
            });
        }
        in_set_order(&mut read, |test| test.hash.as_deref());
        Some(object(grouped_tests(read), open, value))
    }

    fn values(&mut self, block: &Value) -> Value {
        let Some((value, _)) = given(block, "values") else {
            return self.required(block, "values", "condition");
        };
        self.value_list(value)
    }

    fn value_list(&mut self, value: &Value) -> Value {
        match &value.kind {
            Kind::OneOf(branches) => self.branches(value, branches, Self::value_list),
            Kind::List(list) => {
                let items = self.texts(list);
                let items = items.iter().map(|item| self.with_variables(item, "condition")).collect();
                tuple(items, list.open.clone(), value)
            }
            _ => value.clone(),
        }
    }
}

struct Principals {
    kind: Value,
    identifiers: Value,
    hash: Option<String>,
}

struct Test {
    operator: Value,
    variable: Value,
    values: Value,
    hash: Option<String>,
}

/// The blocks of a type, and whether there may be more. `Err`: nothing of them is known.
fn listed(value: &Value) -> Result<(Vec<Value>, Option<Unknown>), Unknown> {
    match &value.kind {
        Kind::List(list) => Ok((list.items.clone(), list.open.clone())),
        _ => undecided(value).map_or(Ok((Vec::new(), None)), Err),
    }
}

/// Sets of blocks lie in the order of their hashes' decimal texts; equal blocks are one. Blocks that are not fully
/// known have no hash: then all stay as written.
fn in_set_order<T>(blocks: &mut Vec<T>, hash: impl Fn(&T) -> Option<&str>) {
    if blocks.iter().all(|block| hash(block).is_some()) {
        blocks.sort_by(|left, right| hash(left).cmp(&hash(right)));
        blocks.dedup_by(|later, first| hash(later) == hash(first));
    }
}

fn known_texts(value: &Value) -> Option<Vec<String>> {
    let list = value.as_list().filter(|list| list.open.is_none())?;
    list.items.iter().map(|item| item.as_text().and_then(Text::known)).collect()
}

fn crc(text: &str) -> String {
    crc32fast::hash(text.as_bytes()).to_string()
}

/// SDK `SerializeResourceForHash`: attributes by name, the elements of a set by their own hashes.
fn hash_of_principals(kind: &Value, identifiers: &Value) -> Option<String> {
    let kind = kind.as_text().and_then(Text::known)?;
    let mut identifiers: Vec<String> =
        known_texts(identifiers)?.into_iter().map(|identifier| format!("{identifier};")).collect();
    identifiers.sort_by_key(|identifier| crc(identifier));
    Some(crc(&format!("identifiers:{{{}}};type:{kind};", identifiers.concat())))
}

fn hash_of_condition(test: &Value, variable: &Value, values: &Value) -> Option<String> {
    let known = |value: &Value| value.as_text().and_then(Text::known);
    let values: Vec<String> = known_texts(values)?.into_iter().map(|value| format!("{value};")).collect();
    Some(crc(&format!("test:{};values:({});variable:{};", known(test)?, values.concat(), known(variable)?)))
}

/// Adds the identifiers of a block to those of other blocks of its type.
fn add_group(groups: &mut Vec<(Entry, usize)>, principals: Principals) {
    let name = name_of(&principals.kind);
    let same = |(entry, _): &&mut (Entry, usize)| {
        name.text.is_known() && entry.name.text.known() == name.text.known()
    };
    match groups.iter_mut().find(same) {
        Some((entry, blocks)) => {
            entry.value = together(&entry.value, &principals.identifiers);
            *blocks += 1;
        }
        None => groups.push((Entry { name, value: principals.identifiers }, 1)),
    }
}

/// Two lists as one. A list that is not known leaves the other one open.
fn together(left: &Value, right: &Value) -> Value {
    let mut items = Vec::new();
    let mut open = None;
    for value in [left, right] {
        match &value.kind {
            Kind::List(list) => {
                items.extend(list.items.iter().cloned());
                open = open.or_else(|| list.open.clone());
            }
            _ => open = open.or_else(|| undecided(value)),
        }
    }
    tuple(items, open, left)
}

fn name_of(value: &Value) -> Name {
    let text = match &value.kind {
        Kind::Text(text) => text.clone(),
        _ => undecided(value).map(Text::unknown).unwrap_or_default(),
    };
    Name { text, span: value.span }
}

/// One identifier from one block stands alone.
fn singled(entry: Entry, blocks: usize) -> Entry {
    let value = if blocks == 1 { one_alone(&entry.value) } else { entry.value };
    Entry { name: entry.name, value }
}

/// A list of one element as that element, in each alternative.
fn one_alone(value: &Value) -> Value {
    match &value.kind {
        Kind::List(list) => alone(list.items.clone(), list.open.clone(), value),
        Kind::OneOf(branches) => {
            let branches = branches
                .iter()
                .map(|branch| Branch { when: branch.when.clone(), value: one_alone(&branch.value) })
                .collect();
            Value { kind: Kind::OneOf(branches), ..value.clone() }
        }
        _ => value.clone(),
    }
}

fn alone(mut items: Vec<Value>, open: Option<Unknown>, like: &Value) -> Value {
    if items.len() == 1 && open.is_none() { items.remove(0) } else { tuple(items, open, like) }
}

/// An operator and its variables, each with the number of blocks it comes from.
type Group = (Name, Value, Vec<(Entry, usize)>);

/// Tests by operator, then by variable, both ascending; values of equal tests one after the other.
fn grouped_tests(tests: Vec<Test>) -> Vec<Entry> {
    let mut groups: Vec<Group> = Vec::new();
    for Test { operator: test, variable, values, .. } in tests {
        let name = name_of(&test);
        let same = |group: &&mut Group| name.text.is_known() && group.0.text.known() == name.text.known();
        let inner = Principals { kind: variable, identifiers: values, hash: None };
        if let Some((_, _, variables)) = groups.iter_mut().find(same) {
            add_group(variables, inner);
        } else {
            let mut variables = Vec::new();
            add_group(&mut variables, inner);
            groups.push((name, test, variables));
        }
    }
    let mut entries: Vec<Entry> = groups
        .into_iter()
        .map(|(name, test, variables)| {
            let mut variables: Vec<Entry> =
                variables.into_iter().map(|(entry, blocks)| singled(entry, blocks)).collect();
            variables.sort_by_key(|entry| entry.name.text.known_parts());
            let like = Value::null(test.span);
            Entry { name, value: object(variables, None, &Value { trail: test.trail, ..like }) }
        })
        .collect();
    entries.sort_by_key(|entry| entry.name.text.known_parts());
    entries
}

fn is(value: &Value, text: &str) -> bool {
    value.as_text().is_some_and(|known| known.is(text))
}

fn is_one(value: &Value, text: &str) -> bool {
    value
        .as_list()
        .is_some_and(|list| list.open.is_none() && matches!(list.items.as_slice(), [only] if is(only, text)))
}

/// An attribute that is there and not null, and its name's place.
fn given<'a>(block: &'a Value, name: &str) -> Option<(&'a Value, Span)> {
    let entry = block.as_map()?.entry(name)?;
    (!entry.value.is_null()).then_some((&entry.value, entry.name.span))
}

fn sid_of(block: &Value) -> Option<Text> {
    let sid = given(block, "sid")?.0;
    match &sid.kind {
        Kind::Text(text) => (!text.is_empty()).then(|| text.clone()),
        _ => undecided(sid).map(Text::unknown),
    }
}

fn replaced(block: &Value, name: &str, value: &Value) -> Value {
    let Some(map) = block.as_map() else { return block.clone() };
    let entries = map.entries.iter().map(|entry| {
        let value = if entry.name.text.is(name) { value } else { &entry.value };
        Entry { name: entry.name.clone(), value: value.clone() }
    });
    object(entries.collect(), map.open.clone(), block)
}

/// Drops texts that stand there already.
fn distinct(items: &mut Vec<Value>) {
    let mut seen = std::collections::BTreeSet::new();
    items.retain(|item| item.as_text().and_then(Text::known).is_none_or(|text| seen.insert(text)));
}
