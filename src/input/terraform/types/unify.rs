//! One common type for several, and which types convert to which (cty `convert.Unify`, `convert.GetConversion`).
//!
//! What is easy to get wrong: types of one kind find a new type that fits all of them; of types of several kinds, one
//! must fit all the others. Beside a type that is not known, collections are left as they are. And that there is a
//! conversion says nothing of a single value: a text may be a number, and a map of nothing in particular takes every
//! object until its elements turn out to differ.

use super::preference::preferred;
use super::{Member, Type, same_type};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Which conversions count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ways {
    /// Those that no value fails.
    Safe,
    /// Those, too, that some values fail.
    All,
}

/// The type that several have in common.
#[derive(Debug)]
pub(in super::super) struct Common {
    /// The type.
    pub to: Type,
    /// What the tuples among lists, or the objects among maps, become on the way, where that is not `to` already.
    pub(super) through: Option<Type>,
}

impl From<Type> for Common {
    fn from(to: Type) -> Self {
        Self { to, through: None }
    }
}

/// The type that all can be converted to. `None`: there is none, as also of no types at all. [`Type::Any`] stands for a
/// type that is not known, [`Type::Untyped`] for what is of none.
pub(in super::super) fn common(types: &[Type]) -> Option<Type> {
    meeting(types).map(|common| common.to)
}

/// The same with the way that leads there, for the branches of a conditional.
pub(in super::super) fn meeting(types: &[Type]) -> Option<Common> {
    Ways::All.common(types)
}

/// What looking at the kinds of types gives.
enum Found {
    Common(Common),
    Nothing,
    /// One of the types must fit the others.
    Mixed,
}

impl From<Option<Type>> for Found {
    fn from(of: Option<Type>) -> Self {
        of.map_or(Self::Nothing, |of| Self::Common(of.into()))
    }
}

impl Ways {
    /// The type that all can be converted to.
    pub(super) fn common(self, types: &[Type]) -> Option<Common> {
        let mut given: Vec<&Type> = Vec::new();
        for of in types {
            if !given.iter().any(|known| same_type(known, of)) {
                given.push(of);
            }
        }
        if let [only] = given.as_slice() {
            return Some((*only).clone().into());
        }
        match self.of_one_kind(&given) {
            Found::Common(common) => Some(common),
            Found::Nothing => None,
            Found::Mixed => self.one_of(&given).map(Common::from),
        }
    }

    fn type_of_all(self, types: &[Type]) -> Option<Type> {
        self.common(types).map(|common| common.to)
    }

    fn of_one_kind(self, given: &[&Type]) -> Found {
        let count = |test: fn(&Type) -> bool| given.iter().filter(|of| test(of)).count();
        let all = given.len();
        let vague = count(Type::is_vague);
        let [maps, objects] = [count(is_map), count(is_object)];
        let [lists, tuples] = [count(is_list), count(is_tuple)];
        let sets = count(|of| matches!(of, Type::Set(_)));
        if [maps, lists, sets, objects, tuples].iter().any(|kind| *kind > 0 && kind + vague == all) {
            let unclear = if given.contains(&&Type::Any) { Type::Any } else { Type::Untyped };
            return if vague > 0 { Found::Common(unclear.into()) } else { self.alike(given).into() };
        }
        if maps > 0 && maps + objects + vague == all {
            return self.in_disguise(given, is_object, Type::Map);
        }
        if lists > 0 && lists + tuples + vague == all {
            return self.in_disguise(given, is_tuple, Type::List);
        }
        if objects > 0 && tuples > 0 { Found::Nothing } else { Found::Mixed }
    }

    /// Types all of one kind.
    fn alike(self, given: &[&Type]) -> Option<Type> {
        let of_elements = || self.type_of_all(&elements(given)).map(Box::new);
        let fitting = |to: Type| given.iter().all(|of| self.same_or_lead(of, &to)).then_some(to);
        match given.first()? {
            Type::Object(_) => self.objects(given),
            Type::Tuple(_) => self.tuples(given),
            Type::List(_) => of_elements().map(Type::List).and_then(fitting),
            Type::Set(_) => of_elements().map(Type::Set).and_then(fitting),
            Type::Map(_) => of_elements().map(Type::Map).and_then(fitting),
            _ => None,
        }
    }

    /// Objects beside maps are often maps in disguise, tuples beside lists are lists.
    fn in_disguise(
        self,
        given: &[&Type],
        disguised: fn(&Type) -> bool,
        kind: fn(Box<Type>) -> Type,
    ) -> Found {
        let inner: Vec<&Type> = given.iter().copied().filter(|of| disguised(of)).collect();
        let Some(unmasked) = self.unmasked(&inner, kind) else { return Found::Mixed };
        let all: Vec<Type> =
            given.iter().map(|of| if disguised(of) { unmasked.clone() } else { (*of).clone() }).collect();
        match self.type_of_all(&all) {
            Some(to @ (Type::Map(_) | Type::List(_))) => {
                let through = Some(unmasked).filter(|unmasked| !same_type(unmasked, &to));
                Found::Common(Common { to, through })
            }
            _ => Found::Mixed,
        }
    }

    /// Attribute by attribute where the names are the same, otherwise a map.
    fn objects(self, given: &[&Type]) -> Option<Type> {
        let indexed: Vec<BTreeMap<&Arc<str>, &Type>> = given.iter().map(|of| attributes(of)).collect();
        let first = indexed.first()?;
        if !indexed.iter().all(|other| other.keys().eq(first.keys())) {
            return self.unmasked(given, Type::Map);
        }
        let mut members = Vec::new();
        for name in first.keys() {
            let types: Vec<Type> =
                indexed.iter().filter_map(|own| own.get(name)).map(|of| (**of).clone()).collect();
            let of = self.type_of_all(&types)?;
            members.push(Member { name: (*name).clone(), of, optional: None });
        }
        let found = Type::Object(members);
        let fits = given.iter().all(|of| self.same_or_lead(of, &found));
        if fits { Some(found) } else { self.unmasked(given, Type::Map) }
    }

    /// Element by element where the lengths are the same, otherwise a list.
    fn tuples(self, given: &[&Type]) -> Option<Type> {
        let rows: Vec<&[Type]> = given
            .iter()
            .filter_map(|of| match of {
                Type::Tuple(items) => Some(items.as_slice()),
                _ => None,
            })
            .collect();
        let length = rows.first()?.len();
        if !rows.iter().all(|row| row.len() == length) {
            return self.unmasked(given, Type::List);
        }
        let column =
            |at: usize| -> Vec<Type> { rows.iter().filter_map(|row| row.get(at)).cloned().collect() };
        let found = (0..length).map(|at| self.type_of_all(&column(at))).collect::<Option<_>>();
        let found = Type::Tuple(found?);
        let fits = given.iter().all(|of| self.same_or_lead(of, &found));
        if fits { Some(found) } else { self.unmasked(given, Type::List) }
    }

    /// A map or list that can hold the elements of all: each must be convertible on its own, too.
    fn unmasked(self, given: &[&Type], kind: fn(Box<Type>) -> Type) -> Option<Type> {
        let found = kind(Box::new(self.type_of_all(&elements(given))?));
        given.iter().all(|of| self.same_or_lead(of, &found)).then_some(found)
    }

    /// The first type, by preference, that all others can be converted to.
    fn one_of(self, given: &[&Type]) -> Option<Type> {
        let fits = |want: &&Type| given.iter().all(|of| self.same_or_lead(of, want));
        preferred(given).into_iter().find(fits).cloned()
    }

    fn same_or_lead(self, from: &Type, to: &Type) -> bool {
        same_type(from, to) || self.lead(from, to)
    }

    /// Whether there is a conversion.
    pub(super) fn lead(self, from: &Type, to: &Type) -> bool {
        let all = self == Self::All;
        match (from, to) {
            (_, Type::Any | Type::Untyped)
            | (Type::Any, _)
            | (Type::Bool | Type::Number | Type::String, Type::String)
            | (Type::Bool, Type::Bool)
            | (Type::Number, Type::Number) => true,
            (Type::Untyped, _) | (Type::String, Type::Bool | Type::Number) => all,
            (Type::List(_), Type::Set(_)) | (Type::Map(_), Type::Object(_)) if !all => false,
            (Type::List(from) | Type::Set(from), Type::List(to) | Type::Set(to))
            | (Type::Map(from), Type::Map(to)) => self.same_or_lead(from, to),
            (Type::Tuple(items), Type::List(to) | Type::Set(to)) => {
                items.is_empty()
                    || self.element_of_list(items, to).is_some_and(|to| self.all_lead(items, &to))
            }
            (Type::Object(members), Type::Map(to)) => {
                let types: Vec<Type> = members.iter().map(|member| member.of.clone()).collect();
                types.is_empty()
                    || self.element_of_map(&types, to).is_some_and(|to| self.all_lead(&types, &to))
            }
            (Type::Map(from), Type::Object(members)) => {
                members.iter().all(|member| member.optional.is_some() || self.same_or_lead(from, &member.of))
            }
            (Type::Tuple(from), Type::Tuple(to)) => {
                from.len() == to.len() && from.iter().zip(to).all(|(from, to)| self.same_or_lead(from, to))
            }
            (Type::Object(_), Type::Object(members)) => {
                let from = attributes(from);
                members.iter().all(|member| match from.get(&member.name) {
                    Some(of) => self.same_or_lead(of, &member.of),
                    None => member.optional.is_some(),
                })
            }
            _ => false,
        }
    }

    fn all_lead(self, from: &[Type], to: &Type) -> bool {
        from.iter().all(|of| self.same_or_lead(of, to))
    }

    /// What the elements of a tuple become in a list or set of `to`: where that is any type, what they have in common.
    /// Nothing in particular is common only to what is of no type.
    pub(super) fn element_of_list(self, items: &[Type], to: &Type) -> Option<Type> {
        let of = self.element_of_map(items, to)?;
        let lonely = to.is_vague() && of == Type::Untyped && items.iter().any(|item| *item != Type::Untyped);
        (!lonely).then_some(of)
    }

    /// The same for the attributes of an object and a map, which may be of no type beside others.
    pub(super) fn element_of_map(self, items: &[Type], to: &Type) -> Option<Type> {
        if to.is_vague() { self.type_of_all(items) } else { Some(to.clone()) }
    }
}

fn is_map(of: &Type) -> bool {
    matches!(of, Type::Map(_))
}

fn is_list(of: &Type) -> bool {
    matches!(of, Type::List(_))
}

pub(super) fn is_object(of: &Type) -> bool {
    matches!(of, Type::Object(_))
}

pub(super) fn is_tuple(of: &Type) -> bool {
    matches!(of, Type::Tuple(_))
}

/// The types of all elements.
fn elements(given: &[&Type]) -> Vec<Type> {
    let mut found = Vec::new();
    for of in given {
        match of {
            Type::List(of) | Type::Set(of) | Type::Map(of) => found.push((**of).clone()),
            Type::Tuple(items) => found.extend(items.iter().cloned()),
            Type::Object(members) => found.extend(members.iter().map(|member| member.of.clone())),
            _ => {}
        }
    }
    found
}

fn attributes(of: &Type) -> BTreeMap<&Arc<str>, &Type> {
    match of {
        Type::Object(members) => members.iter().map(|member| (&member.name, &member.of)).collect(),
        _ => BTreeMap::new(),
    }
}
